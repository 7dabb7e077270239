import { describe, expect, it } from "vitest";

import { isPast, localDate, showDueDate } from "./dates";

describe("due dates", () => {
  it("are shown as the calendar date they are, with the year only when it is another one", () => {
    const today = new Date(2025, 5, 1);
    expect(showDueDate("2025-12-31T00:00:00Z", "en", today)).toBe("Dec 31");
    expect(showDueDate("2026-01-01T00:00:00Z", "tr", today)).toBe("1 Oca 2026");
  });

  it("are past from the next local day on", () => {
    expect(isPast("2025-12-31T00:00:00Z", new Date(2025, 11, 31, 23, 59))).toBe(false);
    expect(isPast("2025-12-31T00:00:00Z", new Date(2026, 0, 1, 0, 1))).toBe(true);
  });

  it("compare with today as the user's clock shows it", () => {
    expect(localDate(new Date(2025, 0, 5, 23, 30))).toBe("2025-01-05");
  });
});

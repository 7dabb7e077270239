import { describe, expect, it } from "vitest";

import { rendered } from "./markdown";

describe("rendered", () => {
  it("shows HTML as text", () => {
    const html = rendered('<script>alert(1)</script>\n\nx <img src=x onerror=alert(1)> <b onclick="x">y</b>');
    expect(html).not.toMatch(/<(script|img|b)\b/);
    expect(html).toContain("&lt;script&gt;");
  });

  it.each(["javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd", "//evil.example"])(
    "makes no link of %s",
    (address) => {
      expect(rendered(`[x](<${address}>)`)).not.toContain("<a");
      expect(rendered(`![x](<${address}>)`)).not.toMatch(/<(a|img)\b/);
    },
  );

  it("opens links elsewhere, and quotes their addresses", () => {
    const html = rendered('[x](https://example.org/?a="b"&c)');
    expect(html).toContain('rel="noopener noreferrer nofollow"');
    expect(html).toContain("href=\"https://example.org/?a=");
    expect(html).not.toContain('a="b"');
  });

  it("asks no other machine for images", () => {
    const html = rendered("![a <picture>](https://example.org/giant.png)");
    expect(html).not.toContain("<img");
    expect(html).toContain("giant.png");
    expect(html).not.toContain("<picture>");
  });

  it("writes what Markdown is for", () => {
    const html = rendered("# Head\n\n- [x] done\n- [ ] open\n\n| a | b |\n|---|---|\n| 1 | `c` |\n\n~~gone~~");
    expect(html).toContain("<h3>Head</h3>");
    expect(html).toContain('data-done="true"');
    expect(html).toContain("<table>");
    expect(html).toContain("<del>gone</del>");
    expect(html).not.toContain("<input");
  });
});

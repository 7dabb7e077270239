import { describe, expect, it } from "vitest";

import type { Link } from "../api/types";
import { explore, MOST_NODES } from "./neighbourhood";

const link = (from: string, to: string, baglanti_tip: Link["baglanti_tip"] = "onceki"): Link => ({
  id: `${from}-${to}`,
  kaynak_id: from,
  hedef_id: to,
  baglanti_tip,
  kaynak_baslik: from,
  kaynak_durum: "beklemede",
  hedef_baslik: to,
  hedef_durum: "beklemede",
});
const reader = (links: readonly Link[]) => (id: string) =>
  Promise.resolve(links.filter(({ kaynak_id, hedef_id }) => kaynak_id === id || hedef_id === id));
const signal = new AbortController().signal;

describe("explore", () => {
  const chain = reader([link("a", "b"), link("b", "c"), link("c", "d"), link("b", "x", "iliskili")]);

  it("goes as many steps as asked, both ways, and counts what leads further", async () => {
    const { nodes, edges, beyond, cut } = await explore("b", 1, chain, signal);
    expect(nodes.map(({ id }) => id).toSorted()).toEqual(["a", "b", "c", "x"]);
    expect(edges).toHaveLength(3);
    expect([...beyond]).toEqual([["c", 1]]);
    expect(cut).toBe(false);
  });

  it("draws the links between tasks at the rim", async () => {
    const { edges } = await explore("b", 1, reader([link("a", "b"), link("b", "c"), link("a", "c")]), signal);
    expect(edges).toHaveLength(3);
  });

  it("stops at what can be read", async () => {
    const star = Array.from({ length: 300 }, (_, at) => link("a", `n${at}`));
    const { nodes, cut } = await explore("a", 2, reader(star), signal);
    expect(nodes).toHaveLength(MOST_NODES);
    expect(cut).toBe(true);
  });

  it("shows a task without links by itself", async () => {
    const { nodes, edges } = await explore("a", 2, reader([]), signal);
    expect(nodes).toHaveLength(1);
    expect(edges).toEqual([]);
  });
});

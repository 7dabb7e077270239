import { describe, expect, it } from "vitest";

import { type Edge, layOut, stepFrom } from "./layout";

const edge = (from: string, to: string, related = false): Edge => ({ from, to, related });
const layerOf = (ids: string[], edges: Edge[]) => Object.fromEntries(layOut(ids, edges).nodes.map(({ id, layer }) => [id, layer]));

describe("layOut", () => {
  it("puts what comes first to the left, by the longest way", () => {
    expect(layerOf(["c", "a", "b"], [edge("a", "b"), edge("b", "c"), edge("a", "c")])).toEqual({ a: 0, b: 1, c: 2 });
  });

  it("keeps what begins a way close to what it leads to", () => {
    expect(layerOf(["a", "b", "c", "x"], [edge("a", "b"), edge("b", "c"), edge("x", "c")])).toEqual({ a: 0, b: 1, c: 2, x: 1 });
  });

  it("stands a ring of related links, and links to itself or to what is not shown", () => {
    const edges = [edge("a", "b", true), edge("b", "c", true), edge("c", "a", true), edge("a", "a"), edge("a", "gone")];
    expect(layOut(["a", "b", "c"], edges).nodes).toHaveLength(3);
    expect(layOut([], []).nodes).toEqual([]);
  });

  it("undoes a crossing", () => {
    const { nodes } = layOut(["a", "b", "y", "x"], [edge("a", "x"), edge("b", "y")]);
    const row = (id: string) => nodes.find((node) => node.id === id)?.row;
    expect(row("a") === row("x") && row("b") === row("y")).toBe(true);
  });

  it("lets no two nodes overlap", () => {
    const ids = Array.from({ length: 60 }, (_, at) => `n${at}`);
    const edges = ids.flatMap((id, at) => [edge(`n${Math.floor(at / 3)}`, id), edge(id, `n${(at * 7) % 60}`, true)]);
    const places = layOut(ids, edges).nodes.map(({ x, y }) => `${x},${y}`);
    expect(new Set(places).size).toBe(60);
  });
});

describe("stepFrom", () => {
  const edges = [edge("a", "c"), edge("b", "c"), edge("c", "d"), edge("c", "e")];
  const picture = layOut(["a", "b", "c", "d", "e"], edges);

  it("walks along links and within the layer, and stops at the ends", () => {
    expect(stepFrom(picture, edges, "a", "right")).toBe("c");
    expect(["a", "b"]).toContain(stepFrom(picture, edges, "c", "left"));
    expect(stepFrom(picture, edges, "d", "down")).toBe("e");
    expect(stepFrom(picture, edges, "e", "down")).toBeNull();
    expect(stepFrom(picture, edges, "d", "right")).toBeNull();
  });
});

/**
 * Places the tasks around one task in layers: what must be finished first stands left of what waits for it. No I/O here.
 *
 * The usual way in three steps (after Sugiyama): the layer of a node is its longest way from a node without predecessors,
 * drawn towards its successors; inside the layers the order is improved by sweeps over the mean of the neighbours' places;
 * then places are turned into coordinates, each layer centred.
 */

export interface Edge {
  readonly from: string;
  readonly to: string;
  /** A link without order between its ends. */
  readonly related: boolean;
}

export interface Placed {
  readonly id: string;
  readonly layer: number;
  readonly row: number;
  readonly x: number;
  readonly y: number;
}

export interface Picture {
  readonly nodes: readonly Placed[];
  readonly width: number;
  readonly height: number;
}

export const NODE_WIDTH = 196;
export const NODE_HEIGHT = 58;
const GAP_X = 72;
const GAP_Y = 18;
const MARGIN = 20;
const SWEEPS = 8;

export function layOut(ids: readonly string[], edges: readonly Edge[]): Picture {
  const arrows = withoutCycles(ids, edges);
  const layers = ordered(inLayers(ids, arrows), arrows);
  const tallest = Math.max(1, ...layers.map((layer) => layer.length));
  const nodes = layers.flatMap((layer, column) =>
    layer.map((id, row) => ({
      id,
      layer: column,
      row,
      x: MARGIN + column * (NODE_WIDTH + GAP_X),
      y: MARGIN + (row + (tallest - layer.length) / 2) * (NODE_HEIGHT + GAP_Y),
    })),
  );
  return {
    nodes,
    width: 2 * MARGIN + layers.length * NODE_WIDTH + Math.max(0, layers.length - 1) * GAP_X,
    height: 2 * MARGIN + tallest * NODE_HEIGHT + (tallest - 1) * GAP_Y,
  };
}

type Arrow = readonly [string, string];

/** Links with an order cannot make a ring; those without one can, and an arrow that would close it is left out. */
function withoutCycles(ids: readonly string[], edges: readonly Edge[]): readonly Arrow[] {
  const known = new Set(ids);
  const next = new Map<string, string[]>();
  const kept: Arrow[] = [];
  for (const { from, to } of edges.toSorted((one, other) => Number(one.related) - Number(other.related))) {
    if (!known.has(from) || !known.has(to) || from === to || reaches(next, to, from)) continue;
    kept.push([from, to]);
    next.set(from, [...(next.get(from) ?? []), to]);
  }
  return kept;
}

function reaches(next: ReadonlyMap<string, readonly string[]>, start: string, goal: string): boolean {
  const seen = new Set<string>();
  const stack = [start];
  for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
    if (id === goal) return true;
    if (seen.has(id)) continue;
    seen.add(id);
    stack.push(...(next.get(id) ?? []));
  }
  return false;
}

function inLayers(ids: readonly string[], arrows: readonly Arrow[]): readonly (readonly string[])[] {
  const before = group(arrows, 1, 0);
  const after = group(arrows, 0, 1);
  const layer = new Map<string, number>();
  const waiting = new Map(ids.map((id) => [id, before.get(id)?.length ?? 0]));
  const ready = ids.filter((id) => waiting.get(id) === 0);
  const sorted: string[] = [];
  for (let at = 0; at < ready.length; at += 1) {
    const id = ready[at];
    if (id === undefined) break;
    sorted.push(id);
    layer.set(id, Math.max(0, ...(before.get(id) ?? []).map((other) => (layer.get(other) ?? 0) + 1)));
    for (const other of after.get(id) ?? []) {
      const left = (waiting.get(other) ?? 0) - 1;
      waiting.set(other, left);
      if (left === 0) ready.push(other);
    }
  }
  // What begins a way stands close to what it leads to, not at the far left.
  for (const id of sorted.toReversed()) {
    const following = (after.get(id) ?? []).map((other) => layer.get(other) ?? 0);
    if (following.length > 0) layer.set(id, Math.min(...following) - 1);
  }
  const lowest = Math.min(0, ...layer.values());
  const layers: string[][] = [];
  for (const id of ids) (layers[(layer.get(id) ?? 0) - lowest] ??= []).push(id);
  return Array.from(layers, (each) => each ?? []).filter((each) => each.length > 0);
}

function ordered(layers: readonly (readonly string[])[], arrows: readonly Arrow[]): readonly (readonly string[])[] {
  const before = group(arrows, 1, 0);
  const after = group(arrows, 0, 1);
  let best = layers;
  let fewest = crossings(layers, after);
  let current = layers.map((layer) => [...layer]);
  for (let sweep = 0; sweep < SWEEPS && fewest > 0; sweep += 1) {
    const toRight = sweep % 2 === 0;
    const columns = current.map((_, at) => (toRight ? at : current.length - 1 - at));
    const places = placesOf(current);
    for (const column of columns) {
      const neighbours = toRight ? before : after;
      const layer = current[column] ?? [];
      const weights = new Map(layer.map((id) => [id, mean((neighbours.get(id) ?? []).map((other) => places.get(other) ?? 0), places.get(id) ?? 0)]));
      layer.sort((one, other) => (weights.get(one) ?? 0) - (weights.get(other) ?? 0));
      layer.forEach((id, row) => places.set(id, row - layer.length / 2));
    }
    const count = crossings(current, after);
    if (count < fewest) {
      fewest = count;
      best = current.map((layer) => [...layer]);
    }
    current = current.map((layer) => [...layer]);
  }
  return best;
}

/** Rows counted from the middle, so that layers of different length compare. */
function placesOf(layers: readonly (readonly string[])[]): Map<string, number> {
  return new Map(layers.flatMap((layer) => layer.map((id, row) => [id, row - layer.length / 2] as const)));
}

/** How often lines between neighbouring layers cross. */
export function crossings(layers: readonly (readonly string[])[], after: ReadonlyMap<string, readonly string[]>): number {
  let count = 0;
  layers.forEach((layer, column) => {
    const following = new Map((layers[column + 1] ?? []).map((id, row) => [id, row]));
    const ends = layer.flatMap((id) => (after.get(id) ?? []).flatMap((other) => following.get(other) ?? []).toSorted((one, other) => one - other));
    ends.forEach((end, at) => {
      for (let later = at + 1; later < ends.length; later += 1) if ((ends[later] ?? end) < end) count += 1;
    });
  });
  return count;
}

function group(arrows: readonly Arrow[], by: 0 | 1, take: 0 | 1): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const arrow of arrows) groups.set(arrow[by], [...(groups.get(arrow[by]) ?? []), arrow[take]]);
  return groups;
}

function mean(values: readonly number[], otherwise: number): number {
  return values.length === 0 ? otherwise : values.reduce((sum, value) => sum + value, 0) / values.length;
}

export type Step = "left" | "right" | "up" | "down";

/**
 * Where an arrow key leads: up and down within the layer; left and right along the links, to the nearest of them, and where
 * no link leads there, to the nearest node of the next layer.
 */
export function stepFrom({ nodes }: Picture, edges: readonly Edge[], id: string, step: Step): string | null {
  const here = nodes.find((node) => node.id === id);
  if (here === undefined) return null;
  if (step === "up" || step === "down") {
    const row = here.row + (step === "down" ? 1 : -1);
    return nodes.find((node) => node.layer === here.layer && node.row === row)?.id ?? null;
  }
  const side = step === "right" ? 1 : -1;
  const ahead = nodes.filter((node) => Math.sign(node.layer - here.layer) === side);
  const linked = new Set(edges.flatMap(({ from, to }) => (from === id ? [to] : to === id ? [from] : [])));
  const far = (node: Placed) => Math.abs(node.layer - here.layer) * 1_000 + Math.abs(node.y - here.y);
  const [nearest] = [ahead.filter((node) => linked.has(node.id)), ahead].find((some) => some.length > 0)?.toSorted((one, other) => far(one) - far(other)) ?? [];
  return nearest?.id ?? null;
}

/** A line from the right edge of one node to the left edge of the other, or around when they stand the other way. */
export function pathOf(from: Placed, to: Placed): string {
  const backwards = to.layer <= from.layer;
  const [start, end] = backwards && to.layer < from.layer ? [to, from] : [from, to];
  const y1 = start.y + NODE_HEIGHT / 2;
  const y2 = end.y + NODE_HEIGHT / 2;
  const x1 = start.x + NODE_WIDTH;
  if (start.layer === end.layer) {
    const out = x1 + GAP_X / 2;
    return `M${x1} ${y1} C${out} ${y1} ${out} ${y2} ${x1} ${y2}`;
  }
  const x2 = end.x;
  const bend = (x2 - x1) / 2;
  return `M${x1} ${y1} C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
}

/**
 * Two people's versions of one text as one: lines that only one of them changed are taken as changed; where both changed the
 * same place, both stand there, yours first.
 */
export function merged(base: string, yours: string, theirs: string): string {
  const from = base.split("\n");
  const yourHunks = hunks(from, yours.split("\n"));
  const theirHunks = hunks(from, theirs.split("\n"));
  const lines: string[] = [];
  let at = 0;
  while (at <= from.length) {
    const [mine, other] = [yourHunks.get(at), theirHunks.get(at)];
    const inserted = [...(mine?.lines ?? []), ...(other?.lines ?? [])];
    lines.push(...(mine !== undefined && other !== undefined ? joined(mine.lines, other.lines) : inserted));
    const removed = Math.max(mine?.removed ?? 0, other?.removed ?? 0);
    for (let step = 0; step < Math.max(removed, 1); step += 1) {
      const line = from[at + step];
      if (step > 0) for (const hunk of [yourHunks.get(at + step), theirHunks.get(at + step)]) lines.push(...(hunk?.lines ?? []));
      if (removed === 0 && line !== undefined) lines.push(line);
    }
    at += Math.max(removed, 1);
  }
  return lines.join("\n");
}

/** Both changes of one place: what they begin and end with alike stands there once. */
function joined(mine: readonly string[], other: readonly string[]): readonly string[] {
  const shorter = Math.min(mine.length, other.length);
  let head = 0;
  while (head < shorter && mine[head] === other[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && mine.at(-1 - tail) === other.at(-1 - tail)) tail += 1;
  return [
    ...mine.slice(0, mine.length - tail),
    ...other.slice(head, other.length - tail),
    ...mine.slice(mine.length - tail),
  ];
}

interface Hunk {
  readonly removed: number;
  readonly lines: string[];
}

/** Above this many line pairs the middle of the text counts as one change. */
const MOST_PAIRS = 4_000_000;

/** What turns `from` into `to`: by the line where it begins, how many lines go and which come. */
function hunks(from: readonly string[], to: readonly string[]): ReadonlyMap<number, Hunk> {
  let head = 0;
  while (head < from.length && head < to.length && from[head] === to[head]) head += 1;
  let tail = 0;
  while (tail < from.length - head && tail < to.length - head && from[from.length - 1 - tail] === to[to.length - 1 - tail]) tail += 1;
  const old = from.slice(head, from.length - tail);
  const now = to.slice(head, to.length - tail);
  const found = new Map<number, Hunk>();
  if (old.length === 0 && now.length === 0) return found;
  if (old.length * now.length > MOST_PAIRS) return found.set(head, { removed: old.length, lines: [...now] });

  // Longest common subsequence, from the end.
  const width = now.length + 1;
  const longest = new Uint32Array((old.length + 1) * width);
  for (let row = old.length - 1; row >= 0; row -= 1) {
    for (let column = now.length - 1; column >= 0; column -= 1) {
      longest[row * width + column] =
        old[row] === now[column]
          ? (longest[(row + 1) * width + column + 1] ?? 0) + 1
          : Math.max(longest[(row + 1) * width + column] ?? 0, longest[row * width + column + 1] ?? 0);
    }
  }
  let [row, column] = [0, 0];
  while (row < old.length || column < now.length) {
    if (row < old.length && column < now.length && old[row] === now[column]) {
      row += 1;
      column += 1;
      continue;
    }
    const start = row;
    const lines: string[] = [];
    while ((row < old.length || column < now.length) && !(row < old.length && column < now.length && old[row] === now[column])) {
      const skipOld = row < old.length ? (longest[(row + 1) * width + column] ?? 0) : -1;
      const skipNew = column < now.length ? (longest[row * width + column + 1] ?? 0) : -1;
      if (skipOld >= skipNew) row += 1;
      else {
        lines.push(now[column] ?? "");
        column += 1;
      }
    }
    found.set(head + start, { removed: row - start, lines });
  }
  return found;
}

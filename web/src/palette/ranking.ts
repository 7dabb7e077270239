/** Which of a few named things are meant by what is typed. No I/O here. */

import { fold } from "../tasks/fold";

/** All of them, in their order, when nothing is typed; else those whose words begin with each word typed, best first. */
export function ranked<T>(things: readonly T[], typed: string, nameOf: (thing: T) => string): readonly T[] {
  const words = fold(typed).split(/\s+/).filter(Boolean);
  if (words.length === 0) return things;
  return things
    .map((thing) => ({ thing, score: score(fold(nameOf(thing)), words) }))
    .filter(({ score }) => score > 0)
    .toSorted((one, other) => other.score - one.score)
    .map(({ thing }) => thing);
}

function score(name: string, words: readonly string[]): number {
  let total = 0;
  for (const word of words) {
    const found = name.startsWith(word) ? 3 : name.split(/[^\p{L}\p{N}]+/u).some((part) => part.startsWith(word)) ? 2 : name.includes(word) ? 1 : 0;
    if (found === 0) return 0;
    total += found;
  }
  // Of two that begin alike the shorter one is nearer.
  return total + 1 / (1 + name.length);
}

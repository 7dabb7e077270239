/** Which of a few named things are meant by what is typed. No I/O here. */

import { fold } from "../tasks/fold";

/** Where in a name a word stands: at its beginning, at that of one of its words, anywhere. */
const WHOLE = 3;
export const BEGINNING = 2;
const ANYWHERE = 1;

/** All of them, in their order, when nothing is typed; else those whose words begin with each word typed, best first. */
export function ranked<T>(things: readonly T[], typed: string, nameOf: (thing: T) => string, least = ANYWHERE): readonly T[] {
  const words = fold(typed).split(/\s+/).filter(Boolean);
  if (words.length === 0) return things;
  return things
    .map((thing) => ({ thing, score: score(fold(nameOf(thing)), words, least) }))
    .filter(({ score }) => score > 0)
    .toSorted((one, other) => other.score - one.score)
    .map(({ thing }) => thing);
}

function score(name: string, words: readonly string[], least: number): number {
  let total = 0;
  for (const word of words) {
    const found = name.startsWith(word) ? WHOLE : name.split(/[^\p{L}\p{N}]+/u).some((part) => part.startsWith(word)) ? BEGINNING : name.includes(word) ? ANYWHERE : 0;
    if (found < least) return 0;
    total += found;
  }
  // Of two that begin alike the shorter one is nearer.
  return total + 1 / (1 + name.length);
}

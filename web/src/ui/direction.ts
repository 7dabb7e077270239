/** Above this many characters the browser's own `dir="auto"` is not affordable: half a minute for a megabyte of lines. */
const LONG = 20_000;
/** Scripts that are written from right to left: Hebrew, Arabic, Syriac, Thaana, N'Ko and their forms. */
const FIRST_LETTER = /\p{L}/u;
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;

/** `dir` of a field with that text: by the first letter, as the browser finds it where it can. */
export function directionOf(text: string): "auto" | "ltr" | "rtl" {
  if (text.length <= LONG) return "auto";
  const [letter = ""] = FIRST_LETTER.exec(text.slice(0, LONG)) ?? [];
  return RIGHT_TO_LEFT.test(letter) ? "rtl" : "ltr";
}

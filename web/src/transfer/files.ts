/** Files between the page and the user's own disk. */

/** A body with a document in it may have this many bytes (rest-api.md §1); room is left for the rest of the body. */
export const MOST_BYTES = 32 * 1024 * 1024 - 16 * 1024;
/** The browser reads the file some time after the click. */
const KEPT_MS = 60_000;

/** Hands a file to the browser's downloads. */
export function save(file: Blob, name: string): void {
  const address = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), KEPT_MS);
}

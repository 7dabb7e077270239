/** Lower case without accents, as the daemon's search folds Turkish and English. */
export function fold(text: string): string {
  return text
    .normalize("NFD")
    .replace(/[Iı]/g, "i")
    .toLowerCase()
    .replace(/\p{Mark}/gu, "");
}

import type { LiveState } from "../api/live";

export function LiveNotices(_: { readonly live: LiveState }) {
  return null;
}

import type { LiveState } from "../api/live";
import { useText } from "../locale";

export function ConnectionPill({ state }: { readonly state: LiveState }) {
  const text = useText();
  return (
    <span className="pill" role="status" data-testid="connection" data-state={state} title={text.connectionHint[state]}>
      {text.connection[state]}
    </span>
  );
}

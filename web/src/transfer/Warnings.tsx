import { useText } from "../locale";

const SHOWN = 100;

/** What the daemon took, but not without remark; its own sentences. */
export function Warnings({ warnings }: { readonly warnings: readonly string[] }) {
  const text = useText();
  if (warnings.length === 0) return null;
  return (
    <details className="transfer-more transfer-warnings" open={warnings.length <= 8}>
      <summary>{text.warningCount(warnings.length)}</summary>
      <ul>
        {warnings.slice(0, SHOWN).map((warning, index) => (
          <li key={index} dir="auto">
            {warning}
          </li>
        ))}
      </ul>
      {warnings.length > SHOWN && <p className="muted">{text.andMore(warnings.length - SHOWN)}</p>}
    </details>
  );
}

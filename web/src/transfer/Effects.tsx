import { useLanguage, useText } from "../locale";
import { effectOn, type ImportReport, KINDS, type Resolution } from "./answers";

interface Props {
  readonly report: ImportReport;
  readonly resolution: Resolution;
  /** It was done; else it would be. */
  readonly done?: boolean;
}

/** How much of each kind is new and how much is changed. */
export function Effects({ report, resolution, done = false }: Props) {
  const text = useText();
  const language = useLanguage();
  const rows = KINDS.map((kind) => ({ kind, ...effectOn(kind, report, resolution) })).filter(
    ({ kind, made, changed }) => kind === "tasks" || kind === "projects" || made + changed > 0,
  );
  return (
    <>
      <table className="effects">
        <thead>
          <tr>
            <th scope="col">
              <span className="unseen">{text.effectKind}</span>
            </th>
            <th scope="col">{text.effectNew}</th>
            <th scope="col">{text.effectChanged}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ kind, made, changed }) => (
            <tr key={kind}>
              <th scope="row">{text.transferKinds[kind]}</th>
              <td data-none={made === 0}>{made.toLocaleString(language)}</td>
              <td data-none={changed === 0}>{changed.toLocaleString(language)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {report.skipped > 0 && <p className="muted">{done ? text.wereSkipped(report.skipped) : text.wouldBeSkipped(report.skipped)}</p>}
    </>
  );
}

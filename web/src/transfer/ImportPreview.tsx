import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useId, useState } from "react";

import { Refused, Unreachable } from "../api/client";
import { useText } from "../locale";
import { useAnnounce } from "../ui/Announcer";
import { Checkbox } from "../ui/Checkbox";
import { useErrorText } from "../ui/Notices";
import { useSnapshot, useWorkspace } from "../workspace";
import { effectOn, KINDS, toReport } from "./answers";
import { Effects } from "./Effects";
import { importBody, type Source, type Terms, USUAL_TERMS } from "./importing";
import { ImportTerms } from "./ImportTerms";
import { MetRows } from "./MetRows";
import { faultOf } from "./PathField";
import { SourceLine } from "./SourceLine";
import { Warnings } from "./Warnings";

interface Props {
  readonly source: Source;
  /** Of the import itself, when it was refused. */
  readonly error: Error | null;
  readonly stopped: boolean;
  readonly onImport: (terms: Terms, key: string) => void;
  /** `refused`: what the daemon says against the path. */
  readonly onBack: (refused?: string) => void;
  readonly onClose: () => void;
}

/** A trial of the import as it is set, again with each setting that changes: nothing is done before the button is pressed. */
export function ImportPreview({ source, error, stopped, onImport, onBack, onClose }: Props) {
  const text = useText();
  const id = useId();
  const errorText = useErrorText();
  const announce = useAnnounce();
  const { client, feed } = useWorkspace();
  const { tasks } = useSnapshot();
  const [terms, setTerms] = useState(USUAL_TERMS);
  const [sure, setSure] = useState(false);
  const [attempt, setAttempt] = useState<{ readonly key: string; readonly terms: Terms } | null>(null);
  const [chosenAt] = useState(() => crypto.randomUUID());
  const trial = useQuery({
    queryKey: [...feed.key, "trial", chosenAt, terms],
    queryFn: async ({ signal }) => {
      const operation_id = crypto.randomUUID();
      // One that nobody waits for any longer need not be carried on.
      signal.addEventListener("abort", () => void client.cancelOperation(operation_id).catch(() => undefined), { once: true });
      const answer = await client.post("/api/import", { ...importBody(source, terms, true), operation_id }, { signal, untimed: true });
      return { report: toReport(answer), resolution: terms.resolution };
    },
    placeholderData: keepPreviousData,
    retry: false,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
  const { report, resolution } = (trial.error === null ? trial.data : undefined) ?? { resolution: terms.resolution };
  const settled = report !== undefined && !trial.isFetching;
  const something = report !== undefined && KINDS.some((kind) => report.imported[kind] > 0);
  const possible = settled && (something || terms.replace) && (!terms.replace || sure);

  const badPath = trial.error instanceof Refused && faultOf(trial.error) === "path" ? errorText(trial.error) : null;
  const refuse = useEffectEvent(onBack);
  useEffect(() => {
    if (badPath !== null) refuse(badPath);
  }, [badPath]);

  const tell = useEffectEvent(() => {
    if (report === undefined) return;
    const { made, changed } = effectOn("tasks", report, resolution);
    announce(text.trialTold(made, changed, report.skipped));
  });
  useEffect(() => {
    if (settled) tell();
  }, [settled, report]);

  const begin = () => {
    // What got no answer may have been done: only the very same is tried again under its name.
    const again = error instanceof Unreachable && attempt?.terms === terms;
    const key = again ? attempt.key : crypto.randomUUID();
    setAttempt({ key, terms });
    onImport(terms, key);
  };

  return (
    <>
      <div className="dialog-body" aria-busy={trial.isFetching}>
        <SourceLine source={source} onBack={() => onBack()} />
        {stopped && (
          <p className="transfer-note" role="status">
            {text.importStopped}
          </p>
        )}
        {trial.error !== null && <Refusal reason={trial.error} onRetry={() => void trial.refetch()} />}
        {report === undefined && trial.error === null && (
          <p className="muted" role="status">
            {text.checkingFile}
          </p>
        )}
        {(report !== undefined || terms !== USUAL_TERMS) && (
          <ImportTerms
            source={source}
            terms={terms}
            onChange={(changed) => {
              setTerms(changed);
              setSure(false);
            }}
          />
        )}
        {report !== undefined && (
          <section className="transfer-preview" aria-labelledby={id} data-settled={settled}>
            <h3 id={id} className="label">
              {text.wouldHappen}
            </h3>
            <Effects report={report} resolution={resolution} />
            <MetRows met={report.met} resolution={resolution} />
            <Warnings warnings={report.warnings} />
          </section>
        )}
        {terms.replace && report !== undefined && (
          <div className="problem transfer-sure">
            <Checkbox label={text.replaceSure(tasks.length)} checked={sure} onChange={setSure} />
          </div>
        )}
      </div>
      {error !== null && (
        <p className="problem transfer-problem" role="alert">
          {error instanceof Unreachable ? text.importUnanswered : errorText(error)}
        </p>
      )}
      <div className="dialog-actions">
        {settled && !something && !terms.replace && <span className="muted transfer-aside">{text.nothingToImport}</span>}
        <button type="button" className="button" onClick={onClose}>
          {text.cancel}
        </button>
        <button type="button" className={terms.replace ? "button danger" : "button primary"} disabled={!possible} onClick={begin}>
          {report === undefined ? text.importNow : text.importCount(report.imported.tasks)}
        </button>
      </div>
    </>
  );
}

/** Why the file will not do, and in which rows. */
function Refusal({ reason, onRetry }: { readonly reason: Error; readonly onRetry: () => void }) {
  const text = useText();
  const errorText = useErrorText();
  return (
    <div className="problem transfer-refusal" role="alert">
      <p>{text.fileRefused}</p>
      <p>{errorText(reason)}</p>
      {!(reason instanceof Refused) && (
        <button type="button" className="button" onClick={onRetry}>
          {text.retry}
        </button>
      )}
    </div>
  );
}

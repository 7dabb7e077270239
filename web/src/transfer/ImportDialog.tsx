import { useState } from "react";

import { useText } from "../locale";
import { Dialog } from "../ui/Dialog";
import { useWorkspace } from "../workspace";
import { type ImportReport, type Resolution, toReport } from "./answers";
import { Effects } from "./Effects";
import { ImportPreview } from "./ImportPreview";
import { ImportSource } from "./ImportSource";
import { importBody, type Source, type Terms } from "./importing";
import { useOperation } from "./operation";
import "./preview.css";
import { Running } from "./Running";
import "./transfer.css";
import { Warnings } from "./Warnings";

interface Imported {
  readonly report: ImportReport;
  readonly resolution: Resolution;
}

/** Takes tasks in from a file: shows first what would become of them, then does it, then says what came of it. */
export function ImportDialog({ onClose }: { readonly onClose: () => void }) {
  const text = useText();
  const { client, feed } = useWorkspace();
  const [source, setSource] = useState<Source | null>(null);
  const [tried, setTried] = useState<{ readonly path: string; readonly fault: string } | null>(null);
  const importing = useOperation<Imported>(({ report }) => text.imported(report.imported.tasks));

  /** `key`: tried again after a lost answer, the same import is carried out once. */
  const begin = (from: Source, terms: Terms, key: string) =>
    importing.start(async (operation_id) => {
      const body = { ...importBody(from, terms, false), operation_id };
      const report = toReport(await client.post("/api/import", body, { key, untimed: true }));
      // Its event says the same, but not where the stream is cut.
      feed.reload();
      return { report, resolution: terms.resolution };
    }, key);

  return (
    <Dialog title={text.importTitle} size="medium" className="transfer" onClose={onClose}>
      {importing.result !== null ? (
        <Result imported={importing.result} onClose={onClose} />
      ) : (
        <>
          {importing.running && (
            <div className="dialog-body">
              <Running what={text.importing} operation={importing} />
            </div>
          )}
          <div hidden={importing.running} className="dialog-form">
            {source === null ? (
              <ImportSource tried={tried} onChosen={setSource} onClose={onClose} />
            ) : (
              <ImportPreview
                source={source}
                error={importing.error}
                stopped={importing.stopped}
                onImport={(terms, key) => begin(source, terms, key)}
                onBack={(refused) => {
                  importing.reset();
                  setTried(source.kind === "path" && refused !== undefined ? { path: source.path, fault: refused } : null);
                  setSource(null);
                }}
                onClose={onClose}
              />
            )}
          </div>
        </>
      )}
    </Dialog>
  );
}

function Result({ imported: { report, resolution }, onClose }: { readonly imported: Imported; readonly onClose: () => void }) {
  const text = useText();
  return (
    <>
      <div className="dialog-body">
        <p className="transfer-headline" role="status">
          {text.imported(report.imported.tasks)}
        </p>
        <Effects report={report} resolution={resolution} done />
        <Warnings warnings={report.warnings} />
      </div>
      <div className="dialog-actions">
        <button type="button" className="button primary" autoFocus onClick={onClose}>
          {text.done}
        </button>
      </div>
    </>
  );
}

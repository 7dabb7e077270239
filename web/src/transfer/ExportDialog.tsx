import { useText } from "../locale";
import { localDate } from "../tasks/dates";
import { Dialog } from "../ui/Dialog";
import { useNotify } from "../ui/Notices";
import { useWorkspace } from "../workspace";
import { type Exported, toExported } from "./answers";
import { ExportForm } from "./ExportForm";
import { exportBody, type ExportChoice, fileOf, proposedName } from "./exporting";
import { save } from "./files";
import { useOperation } from "./operation";
import { Running } from "./Running";
import "./transfer.css";

/** Exports tasks to a file of the daemon's machine or into the browser's downloads; shows how far it is and what came of it. */
export function ExportDialog({ onClose }: { readonly onClose: () => void }) {
  const text = useText();
  const { client, workspace } = useWorkspace();
  const exporting = useOperation<Exported>(({ message, place }) => `${message} ${place}`);
  const begin = (choice: ExportChoice) =>
    exporting.start(async (operation_id) => {
      const answer = await client.post("/api/export", { ...exportBody(choice), operation_id }, { untimed: true });
      if (choice.path !== null) return toExported(answer);
      const name = proposedName(workspace?.name ?? "", localDate(), choice.format);
      save(fileOf(answer["data"], choice.format), name);
      return toExported(answer, name);
    });
  return (
    <Dialog title={text.exportTitle} size="medium" className="transfer" onClose={onClose}>
      {exporting.result !== null ? (
        <Result exported={exporting.result} onAgain={exporting.reset} onClose={onClose} />
      ) : (
        <>
          {exporting.running && (
            <div className="dialog-body">
              <Running what={text.exporting} operation={exporting} />
            </div>
          )}
          {/* Stays as it was filled in, for when the export is stopped or refused. */}
          <div hidden={exporting.running} className="dialog-form">
            <ExportForm error={exporting.error} stopped={exporting.stopped} onExport={begin} onClose={onClose} />
          </div>
        </>
      )}
    </Dialog>
  );
}

interface ResultProps {
  readonly exported: Exported;
  readonly onAgain: () => void;
  readonly onClose: () => void;
}

function Result({ exported: { message, place, inBrowser }, onAgain, onClose }: ResultProps) {
  const text = useText();
  const notify = useNotify();
  const copy = () =>
    navigator.clipboard.writeText(place).then(
      () => notify("info", text.pathCopied),
      () => notify("info", place),
    );
  return (
    <>
      <div className="dialog-body">
        <div role="status" className="transfer-done">
          <p className="transfer-headline">{inBrowser ? text.exportedToBrowser : text.exportedToFile}</p>
          <p className="transfer-path">
            <bdi dir="ltr">{place}</bdi>
          </p>
          <p className="muted">{message}</p>
        </div>
      </div>
      <div className="dialog-actions">
        <button type="button" className="button dialog-aside" onClick={onAgain}>
          {text.exportAgain}
        </button>
        {!inBrowser && (
          <button type="button" className="button" onClick={() => void copy()}>
            {text.copyPath}
          </button>
        )}
        <button type="button" className="button primary" autoFocus onClick={onClose}>
          {text.done}
        </button>
      </div>
    </>
  );
}

import { useId, useRef, useState } from "react";

import { useText } from "../locale";
import { Choices } from "../ui/Choices";
import { Icon } from "../ui/Icon";
import { useWorkspace } from "../workspace";
import { MOST_BYTES } from "./files";
import { documentOf, fits, type Source } from "./importing";
import { PathField } from "./PathField";

interface Props {
  /** The path that was tried, and what the daemon said against it. */
  readonly tried: { readonly path: string; readonly fault: string } | null;
  readonly onChosen: (source: Source) => void;
  readonly onClose: () => void;
}

/** Which file: one of this computer, read by the browser, or one that the daemon can reach by its path. */
export function ImportSource({ tried, onChosen, onClose }: Props) {
  const text = useText();
  const { workspace } = useWorkspace();
  const [kind, setKind] = useState<"file" | "path">(tried === null ? "file" : "path");
  const [path, setPath] = useState(tried?.path ?? "");
  return (
    <form
      className="dialog-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (kind === "path" && path.trim() !== "") onChosen({ kind: "path", path: path.trim() });
      }}
    >
      <div className="dialog-body">
        <p className="muted">{text.importLead}</p>
        <Choices
          label={text.importFrom}
          value={kind}
          options={[
            { value: "file" as const, name: text.fromBrowser, more: <FileField onChosen={onChosen} /> },
            {
              value: "path" as const,
              name: text.fromPath,
              more: (
                <PathField label={text.pathLabel} hint={text.importPathHint(workspace?.path ?? "")} path={path} fault={path === tried?.path ? tried.fault : null} onChange={setPath} />
              ),
            },
          ]}
          onChoose={setKind}
        />
      </div>
      <div className="dialog-actions">
        <button type="button" className="button" onClick={onClose}>
          {text.cancel}
        </button>
        {kind === "path" && (
          <button className="button primary" disabled={path.trim() === ""}>
            {text.checkFile}
          </button>
        )}
      </div>
    </form>
  );
}

/** Chosen or dropped; read at once. */
function FileField({ onChosen }: { readonly onChosen: (source: Source) => void }) {
  const text = useText();
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const [fault, setFault] = useState<string | null>(null);

  const take = async (file: File | undefined) => {
    if (file === undefined) return;
    setFault(null);
    try {
      const document = documentOf(file.name, await file.text());
      if (fits(file.size, document, MOST_BYTES)) onChosen({ kind: "file", name: file.name, bytes: file.size, document });
      else setFault(text.fileTooLarge(file.name));
    } catch {
      setFault(text.fileUnreadable(file.name));
    }
  };

  return (
    <div className="field">
      <div
        className="drop-zone"
        data-over={over}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          void take(event.dataTransfer.files[0]);
        }}
      >
        <Icon name="upload" />
        <button type="button" className="button" autoFocus aria-describedby={`${id}-hint`} onClick={() => input.current?.click()}>
          {text.chooseFile}
        </button>
        <p id={`${id}-hint`} className="muted">
          {text.fileHint}
        </p>
        <input
          ref={input}
          type="file"
          hidden
          accept=".json,.csv,application/json,text/csv"
          aria-label={text.chooseFile}
          onChange={({ target }) => {
            void take(target.files?.[0]);
            // The same file can be chosen again, changed meanwhile.
            target.value = "";
          }}
        />
      </div>
      {fault !== null && (
        <p className="fault" role="alert">
          {fault}
        </p>
      )}
    </div>
  );
}

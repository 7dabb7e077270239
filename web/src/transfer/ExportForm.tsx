import { useState } from "react";

import { useAddress } from "../address";
import { Refused } from "../api/client";
import type { Task } from "../api/types";
import { type Catalogue, useText } from "../locale";
import { inProject, matcher } from "../search/matching";
import { localDate } from "../tasks/dates";
import { Checkbox } from "../ui/Checkbox";
import { Choices } from "../ui/Choices";
import { useErrorText } from "../ui/Notices";
import { Select } from "../ui/Select";
import { recall, remember } from "../ui/stored";
import { useSnapshot, useWorkspace } from "../workspace";
import { CreatedBetween } from "./CreatedBetween";
import { type Beyond, type ExportChoice, type ExportFormat, FORMATS, JSON_ONLY, leftIn, type Narrowing, narrowingOf, PARTS, type Part, proposedName, withEnding } from "./exporting";
import { faultOf, PathField } from "./PathField";

interface Props {
  readonly error: Error | null;
  /** The last try was stopped by the user. */
  readonly stopped: boolean;
  readonly onExport: (choice: ExportChoice) => void;
  readonly onClose: () => void;
}

type Scope = "all" | "project" | "view";
type Where = "browser" | "file";

const USUAL: ReadonlySet<Part> = new Set(["completed", "subtasks", "dependencies"]);
const STORED_PATH = "gorev_export_folder";

export function ExportForm({ error, stopped, onExport, onClose }: Props) {
  const text = useText();
  const errorText = useErrorText();
  const address = useAddress();
  const { workspace } = useWorkspace();
  const { tasks, projects } = useSnapshot();
  const today = localDate();
  const view = narrowingOf(address, projects, today);
  const viewed = matcher(address, projects);
  const narrowed = address.project !== undefined || viewed !== null;
  const ownProject = projects.find((each) => each.id === address.project)?.id ?? projects[0]?.id;

  const [format, setFormat] = useState<ExportFormat>("json");
  const [scope, setScope] = useState<Scope>(() => {
    if (!narrowed || view.beyond.length > 0) return "all";
    return viewed === null ? "project" : "view";
  });
  const [projectId, setProjectId] = useState(ownProject ?? "");
  const [first, setFirst] = useState("");
  const [last, setLast] = useState("");
  const [parts, setParts] = useState(USUAL);
  const [where, setWhere] = useState<Where>("browser");
  const [path, setPath] = useState(() => (recall(STORED_PATH) ?? "") + proposedName(workspace?.name ?? "", today, "json"));

  const created = first === "" && last === "" ? undefined : { first: first || null, last: last || null };
  const dated = scope !== "view" || view.narrowing.created === undefined;
  const narrowing: Narrowing = {
    ...(scope === "view" && view.narrowing),
    ...(scope === "project" && { projectId }),
    ...(dated && created !== undefined && { created }),
  };
  const count = (wanted: (task: Task) => boolean) => text.taskCount(tasks.filter((task) => wanted(task) && leftIn(task, parts, dated ? created : undefined)).length);
  const isViewed = (task: Task) => inProject(task, address.project) && (viewed === null || viewed(task));
  const viewHint = () => {
    if (!narrowed) return text.viewShowsAll;
    if (view.beyond.length === 0) return count(isViewed);
    return text.viewBeyond(view.beyond.map((each) => nameOf(each, text)).join(", "));
  };
  const submit = () => {
    if (where === "file") remember(STORED_PATH, path.slice(0, Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1));
    onExport({ format, narrowing, parts, path: where === "file" ? path.trim() : null });
  };
  const faulty = error instanceof Refused ? faultOf(error) : null;
  const badDates = (first !== "" && last !== "" && first > last) || faulty === "date_range";
  const noPath = where === "file" && path.trim() === "";

  return (
    <form
      className="dialog-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (!noPath && !badDates) submit();
      }}
    >
      <div className="dialog-body">
        {stopped && (
          <p className="transfer-note" role="status">
            {text.exportStopped}
          </p>
        )}
        <Choices
          label={text.exportFormat}
          value={format}
          inRow
          autoFocus
          options={FORMATS.map((value) => ({ value, name: text.formats[value], hint: text.formatHints[value] }))}
          onChoose={(chosen) => {
            setPath(withEnding(path, format, chosen));
            setFormat(chosen);
          }}
        />
        <Choices
          label={text.exportScope}
          value={scope}
          options={[
            { value: "all" as const, name: text.wholeWorkspace, hint: count(() => true) },
            {
              value: "project" as const,
              name: text.oneProject,
              disabled: projects.length === 0,
              more: (
                <>
                  <Select
                    aria-label={text.project}
                    value={projectId}
                    options={projects.map((each) => ({ value: each.id, name: each.isim }))}
                    onChoose={setProjectId}
                  />
                  <p className="muted">{count((task) => inProject(task, projectId))}</p>
                </>
              ),
            },
            {
              value: "view" as const,
              name: text.whatViewShows,
              disabled: !narrowed || view.beyond.length > 0,
              hint: viewHint(),
            },
          ]}
          onChoose={setScope}
        />
        <fieldset className="field">
          <legend className="label">{text.exportParts}</legend>
          <div className="transfer-parts">
            {PARTS.map((part) => {
              const possible = format === "json" || !JSON_ONLY.has(part);
              return (
                <Checkbox
                  key={part}
                  label={text.exportPart[part]}
                  checked={possible && parts.has(part)}
                  disabled={!possible}
                  onChange={(on) => setParts((all) => new Set(on ? [...all, part] : [...all].filter((other) => other !== part)))}
                />
              );
            })}
          </div>
          {format !== "json" && <p className="muted">{text.jsonOnlyHint}</p>}
        </fieldset>
        {dated && <CreatedBetween first={first} last={last} bad={badDates} onFirst={setFirst} onLast={setLast} />}
        <Choices
          label={text.exportWhere}
          value={where}
          options={[
            { value: "browser" as const, name: text.intoBrowser, hint: text.intoBrowserHint },
            {
              value: "file" as const,
              name: text.intoFile,
              more: (
                <PathField
                  label={text.pathLabel}
                  hint={text.exportPathHint(workspace?.path ?? "")}
                  path={path}
                  fault={faulty === "path" && error !== null ? errorText(error) : null}
                  onChange={setPath}
                />
              ),
            },
          ]}
          onChoose={setWhere}
        />
      </div>
      {error !== null && faulty !== "path" && (
        <p className="problem transfer-problem" role="alert">
          {errorText(error)}
        </p>
      )}
      <div className="dialog-actions">
        <button type="button" className="button" onClick={onClose}>
          {text.cancel}
        </button>
        <button className="button primary" disabled={noPath}>
          {text.exportNow}
        </button>
      </div>
    </form>
  );
}

function nameOf(beyond: Beyond, text: Catalogue): string {
  if (beyond === "noProject") return text.noProject;
  return "words" in beyond ? `“${beyond.words}”` : text.filterKeys[beyond.filter];
}

import { useEffect, useId, useRef } from "react";

import type { Refused } from "../api/client";

interface Props {
  readonly label: string;
  readonly hint: string;
  readonly path: string;
  /** What the daemon says against it. */
  readonly fault: string | null;
  readonly onChange: (path: string) => void;
}

/** A path on the daemon's machine. */
export function PathField({ label, hint, path, fault, onChange }: Props) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (fault === null) return;
    input.current?.focus({ preventScroll: true });
    input.current?.parentElement?.scrollIntoView({ block: "nearest" });
  }, [fault]);
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        ref={input}
        id={id}
        className="input transfer-path-input"
        dir="ltr"
        spellCheck={false}
        autoComplete="off"
        autoCapitalize="off"
        aria-invalid={fault !== null}
        aria-describedby={fault === null ? `${id}-hint` : `${id}-fault ${id}-hint`}
        value={path}
        onChange={({ target }) => onChange(target.value)}
      />
      {fault !== null && (
        <p id={`${id}-fault`} className="fault" role="alert">
          {fault}
        </p>
      )}
      <p id={`${id}-hint`} className="muted">
        {hint}
      </p>
    </div>
  );
}

const ABOUT_PATH: ReadonlySet<string> = new Set(["path_not_allowed", "file_not_found", "io_error"]);

/** The field a refusal is about: `path`, a parameter's name, or null where it is about none. */
export function faultOf({ code, details }: Refused): string | null {
  if (ABOUT_PATH.has(code)) return "path";
  const field = details["field"];
  return typeof field === "string" ? (["output_path", "file_path"].includes(field) ? "path" : field) : null;
}

import { useMemo, useState } from "react";

import { useAddress } from "../address";
import type { Project, TaskFields } from "../api/types";
import { useSnapshot } from "../workspace";
import { fieldsFrom, understand, type Understood } from "./line";

export interface Line {
  readonly text: string;
  readonly understood: Understood;
  /** Where the task goes when the line names no project; null: nowhere in particular. */
  readonly expected: Project | null;
  write(text: string): void;
  keepAsText(chip: string): void;
  clear(): void;
  /** What the line says, and the expected project for a task without parent. */
  fields(parentId: string | null): TaskFields;
}

/** A line being typed, held by `state`. The project follows what the page shows, else the active one. */
export function useLine([text, write]: readonly [string, (text: string) => void]): Line {
  const { projects } = useSnapshot();
  const { project } = useAddress();
  const [plain, setPlain] = useState<ReadonlySet<string>>(new Set());
  const understood = useMemo(() => understand(text, { projects, plain }), [text, projects, plain]);
  const active = projects.find((each) => each.is_active) ?? null;
  const expected = project === "none" ? null : project === undefined ? active : (projects.find(({ id }) => id === project) ?? null);
  return {
    text,
    understood,
    expected,
    write,
    keepAsText: (chip) => setPlain((last) => new Set([...last, chip])),
    clear: () => {
      write("");
      setPlain(new Set());
    },
    fields: (parentId) => {
      const { proje_id, ...fields } = fieldsFrom(understood);
      // A subtask is of its parent's project.
      return parentId === null ? { ...fields, proje_id: proje_id ?? expected?.id ?? "" } : { ...fields, parent_id: parentId };
    },
  };
}

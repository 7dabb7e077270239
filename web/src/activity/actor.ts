/** Who changed something: an assistant, an editor, a person, a program. */

import type { Catalogue } from "../locale";

export const ACTOR_KINDS = ["assistant", "editor", "person", "terminal", "program", "watcher", "system"] as const;
export type ActorKind = (typeof ACTOR_KINDS)[number];

export interface Actor {
  /** As the log has it; what is filtered by. */
  readonly client: string;
  readonly kind: ActorKind;
}

/** This page, in whichever window. */
export const OWN_CLIENT = "web-ui";
/** Editors that speak by themselves; what else comes over MCP is an assistant. */
const EDITORS = /vscode|visual studio|cursor|windsurf|zed|jetbrains|intellij|neovim|emacs|sublime/i;

/** `type`: how the client speaks to the daemon (websocket.md §2.1). */
export function kindOf(client: string, type: string): ActorKind {
  switch (type) {
    case "mcp":
      return EDITORS.test(client) ? "editor" : "assistant";
    case "web":
      return "person";
    case "cli":
      return "terminal";
    case "watcher":
      return "watcher";
    case "system":
      return "system";
    default:
      if (client === OWN_CLIENT) return "person";
      return EDITORS.test(client) ? "editor" : "program";
  }
}

export function nameOf({ client, kind }: Actor, text: Catalogue): string {
  if (kind === "person" && client === OWN_CLIENT) return text.activityWebPage;
  if (kind === "terminal") return text.activityTerminal;
  if (kind === "system") return text.activitySystem;
  if (kind === "watcher") return text.activityWatcher;
  return client === "" || client === "unknown" ? text.activityUnknown : client;
}

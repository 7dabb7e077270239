/** REST family A over fetch: headers, the envelope, errors; one method per operation the page uses. */

import type { Language } from "../locale";
import type { Snapshot } from "./events";
import type { Link, Project, Task, TaskFields, Template, Wire, Workspace } from "./types";
import { isWire, toLink, toProject, toTask, toTemplate, toWorkspace, wires } from "./types";

/** The most the daemon gives in one page. */
const PAGE = 1000;
const READ_ATTEMPTS = 5;
/** No route may take longer (rest-api.md §7). */
const TIMEOUT_MS = 10_000;

/** The daemon refused the request and says why, in the language asked for. */
export class Refused extends Error {
  readonly status: number;
  readonly code: string;
  readonly details: Wire;

  constructor(status: number, code: string, message: string, details: Wire) {
    super(message);
    this.status = status;
    this.code = code;
    this.details = details;
  }

  /** The entity as it stands now, when the refusal was for an old revision. */
  get current(): Wire | null {
    return this.code === "stale_revision" && isWire(this.details["current"]) ? this.details["current"] : null;
  }
}

/** No answer of the daemon: not running, cut off, or something else spoke in its place. */
export class Unreachable extends Error {}

/** A tool did not do what was asked; the message says why. */
export class ToolRefused extends Error {}

export interface ToolAnswer {
  readonly text: string;
  /** Its structured content, in the Turkish vocabulary. */
  readonly data: Wire;
  readonly seq: number | null;
}

export interface Written<E> {
  readonly entity: E;
  /** `seq` of the change, where the daemon told it. */
  readonly seq: number | null;
}

interface Answer {
  readonly body: Wire;
  readonly seq: number | null;
}

/** A stretch of the event log, oldest first; frames in the `simple` format. */
export interface EventPage {
  readonly frames: readonly Wire[];
  /** `seq` of the last one given. */
  readonly seq: number;
  readonly more: boolean;
}

interface Options {
  readonly body?: object;
  /** Two POSTs with the same key are carried out once. */
  readonly key?: string | undefined;
  readonly rev?: number;
  readonly signal?: AbortSignal;
  /** Exports and imports last as long as they last. */
  readonly untimed?: boolean;
}

export class Client {
  readonly workspace: Workspace | null;
  private readonly language: () => Language;
  private readonly base: string;

  /** `workspace` null: the daemon's default one. `base` empty: the daemon the page came from. */
  constructor(workspace: Workspace | null, language: () => Language, base = "") {
    this.workspace = workspace;
    this.language = language;
    this.base = base;
  }

  async workspaces(signal: AbortSignal): Promise<readonly Workspace[]> {
    const { body } = await this.send("GET", "/api/v1/workspaces", { signal });
    return wires(body["workspaces"]).map(toWorkspace);
  }

  /** Version of the daemon. */
  async version(signal: AbortSignal): Promise<string> {
    const { body } = await this.send("GET", "/api/health", { signal });
    return typeof body["version"] === "string" ? body["version"] : "";
  }

  async announceLanguage(language: Language): Promise<void> {
    await this.send("POST", "/api/v1/language", { body: { language } });
  }

  /** The number of the last change in the workspace. */
  async latestSeq(signal: AbortSignal): Promise<number> {
    return seqOf(await this.send("GET", "/api/gorevler?tum_projeler=true&limit=1", { signal }));
  }

  /**
   * The whole workspace. Its pages are separate reads: they are taken again until none was overtaken by a change. On a
   * workspace that never rests the last attempt counts from its oldest page, and the events after that complete it.
   */
  async snapshot(signal: AbortSignal): Promise<Snapshot> {
    for (let attempt = 1; ; attempt += 1) {
      const { oldest, newest, tasks, projects } = await this.pages(signal);
      if (oldest === newest || attempt === READ_ATTEMPTS) return { seq: oldest, tasks, projects };
    }
  }

  /** `parent_id` in the fields makes a subtask. */
  async createTask(fields: TaskFields, key?: string): Promise<Written<Task>> {
    return written(await this.send("POST", "/api/gorev", { body: fields, key }), toTask);
  }

  /** Raises Refused with `current` when `rev` is no longer the task's. */
  async editTask(id: string, fields: TaskFields, rev: number): Promise<Written<Task>> {
    return written(await this.send("PUT", `/api/gorev/${encodeURIComponent(id)}`, { body: fields, rev }), toTask);
  }

  async deleteTask(id: string): Promise<void> {
    await this.send("DELETE", `/api/gorev/${encodeURIComponent(id)}`);
  }

  async createProject(fields: { readonly isim: string; readonly tanim?: string }): Promise<Written<Project>> {
    return written(await this.send("POST", "/api/proje", { body: fields }), toProject);
  }

  async activateProject(id: string): Promise<Written<Project>> {
    return written(await this.send("POST", `/api/proje/${encodeURIComponent(id)}/aktif`), toProject);
  }

  async clearActiveProject(): Promise<void> {
    await this.send("DELETE", "/api/aktif-proje");
  }

  async editProject(id: string, fields: { readonly isim?: string; readonly tanim?: string }, rev: number) {
    return written(await this.send("PUT", `/api/proje/${encodeURIComponent(id)}`, { body: fields, rev }), toProject);
  }

  async deleteProject(id: string): Promise<void> {
    await this.send("DELETE", `/api/proje/${encodeURIComponent(id)}`);
  }

  /** Every link that touches the task, in both directions. */
  async links(taskId: string, signal: AbortSignal): Promise<readonly Link[]> {
    const { body } = await this.send("GET", `/api/gorev/${encodeURIComponent(taskId)}/baglantilar`, { signal });
    return wires(body["data"]).map(toLink);
  }

  async addLink(sourceId: string, targetId: string, type: Link["baglanti_tip"]): Promise<void> {
    const body = { kaynak_id: sourceId, hedef_id: targetId, baglanti_tip: type };
    await this.send("POST", "/api/baglanti", { body });
  }

  async removeLink(id: string): Promise<void> {
    await this.send("DELETE", `/api/baglanti/${encodeURIComponent(id)}`);
  }

  async templates(signal: AbortSignal): Promise<readonly Template[]> {
    const { body } = await this.send("GET", `/api/template?lang=${this.language()}`, { signal });
    return wires(body["data"]).map(toTemplate);
  }

  async createFromTemplate(id: string, values: Readonly<Record<string, string>>, projectId: string, key: string) {
    const body = { degerler: values, ...(projectId !== "" && { proje_id: projectId }) };
    return written(await this.send("POST", `/api/template/${encodeURIComponent(id)}/gorev`, { body, key }), toTask);
  }

  async events(since: number, limit: number, signal: AbortSignal): Promise<EventPage> {
    const { body } = await this.send("GET", `/api/olaylar?since=${since}&limit=${limit}`, { signal });
    const seq = typeof body["seq"] === "number" ? body["seq"] : since;
    return { frames: wires(body["data"]), seq, more: body["more"] === true };
  }

  /** Registers a folder of this machine as a workspace; its path is absolute. */
  async registerWorkspace(path: string): Promise<Workspace> {
    const { body } = await this.send("POST", "/api/v1/workspaces/register", { body: { path } });
    return toWorkspace(isWire(body["workspace"]) ? body["workspace"] : {});
  }

  /** Forgets a workspace; its files stay. */
  async removeWorkspace(id: string): Promise<void> {
    await this.send("DELETE", `/api/v1/workspaces/${encodeURIComponent(id)}`);
  }

  /** Calls one of the tools. Raises ToolRefused where the tool did. */
  async tool(name: string, args: object, signal?: AbortSignal): Promise<ToolAnswer> {
    const { body, seq } = await this.send("POST", `/api/v1/mcp/${name}`, { body: args, ...(signal !== undefined && { signal }) });
    const said = wires(body["content"]).map((block) => String(block["text"] ?? ""));
    if (body["isError"] === true) throw new ToolRefused(said.join("\n"));
    return { text: said.join("\n"), data: isWire(body["structuredContent"]) ? body["structuredContent"] : {}, seq };
  }

  /** Any other route, by its path below the daemon's address; for views with reads of their own. */
  async read(path: string, signal: AbortSignal): Promise<Wire> {
    return (await this.send("GET", path, { signal })).body;
  }

  async post(path: string, body: object, options: Pick<Options, "key" | "signal" | "untimed"> = {}): Promise<Wire> {
    return (await this.send("POST", path, { body, ...options })).body;
  }

  /** Ends an export or import by the id it was begun with; nothing of it remains. */
  async cancelOperation(id: string): Promise<void> {
    await this.send("DELETE", `/api/operations/${encodeURIComponent(id)}`);
  }

  private async pages(signal: AbortSignal) {
    const projects = await this.send("GET", "/api/projeler", { signal });
    const seqs = [seqOf(projects)];
    const tasks = new Map<string, Task>();
    const take = async (offset: number) => {
      const page = await this.send("GET", `/api/gorevler?tum_projeler=true&limit=${PAGE}&offset=${offset}`, { signal });
      seqs.push(seqOf(page));
      return { rows: wires(page.body["data"]), total: page.body["total"] };
    };
    const first = await take(0);
    const total = typeof first.total === "number" ? first.total : first.rows.length;
    const offsets = Array.from({ length: Math.max(0, Math.ceil(total / PAGE) - 1) }, (_, index) => (index + 1) * PAGE);
    const rest = await Promise.all(offsets.map(take));
    for (const { rows } of [first, ...rest]) {
      for (const row of rows) {
        const task = toTask(row);
        tasks.set(task.id, task);
      }
    }
    return {
      oldest: Math.min(...seqs),
      newest: Math.max(...seqs),
      tasks: [...tasks.values()],
      projects: wires(projects.body["data"]).map(toProject),
    };
  }

  private async send(method: string, path: string, { body, rev, key, signal, untimed = false }: Options = {}): Promise<Answer> {
    const ends = [...(signal === undefined ? [] : [signal]), ...(untimed ? [] : [AbortSignal.timeout(TIMEOUT_MS)])];
    let response: Response;
    let content: unknown;
    try {
      response = await fetch(this.base + path, {
        method,
        headers: this.headers(body !== undefined, rev, key),
        signal: AbortSignal.any(ends),
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      content = await response.json();
    } catch (reason) {
      signal?.throwIfAborted();
      throw new Unreachable(path, { cause: reason });
    }
    if (!isWire(content)) throw new Unreachable(path);
    if (!response.ok) throw refusal(response.status, content);
    const seq = Number.parseInt(response.headers.get("X-Gorev-Seq") ?? "", 10);
    return { body: content, seq: Number.isNaN(seq) ? null : seq };
  }

  private headers(hasBody: boolean, rev: number | undefined, key: string | undefined): Record<string, string> {
    return {
      Accept: "application/json",
      "Accept-Language": this.language(),
      "X-Gorev-Client": "web-ui",
      ...(hasBody && { "Content-Type": "application/json" }),
      ...(rev !== undefined && { "If-Match": `"${rev}"` }),
      ...(key !== undefined && { "Idempotency-Key": key }),
      ...(this.workspace !== null && {
        "X-Workspace-Id": this.workspace.id,
        "X-Workspace-Path": encodeURIComponent(this.workspace.path),
        "X-Workspace-Name": encodeURIComponent(this.workspace.name),
      }),
    };
  }
}

function refusal(status: number, body: Wire): Refused {
  const message = [body["message"], body["error"]].find((text) => typeof text === "string");
  const code = typeof body["code"] === "string" ? body["code"] : "";
  const details = isWire(body["details"]) ? body["details"] : {};
  return new Refused(status, code, message ?? String(status), details);
}

function seqOf(answer: Answer): number {
  if (answer.seq === null) throw new Error("a data route answered without X-Gorev-Seq");
  return answer.seq;
}

function written<E>(answer: Answer, read: (wire: Wire) => E): Written<E> {
  const data = answer.body["data"];
  if (!isWire(data)) throw new Error("a write answered without the entity");
  return { entity: read(data), seq: answer.seq };
}

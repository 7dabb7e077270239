import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { Client, Refused, Unreachable } from "./client";

interface Request {
  readonly line: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

interface Reply {
  readonly status?: number;
  readonly seq?: number;
  readonly body: unknown;
}

const workspace = { id: "0123456789abcdef", name: "görev işi", path: "/home/ü/proje" };
const never = new AbortController().signal;

let server: Server;
let requests: Request[];
let reply: (line: string) => Reply;
let client: Client;

beforeEach(async () => {
  requests = [];
  server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const line = `${request.method} ${request.url}`;
      const text = Buffer.concat(parts).toString();
      requests.push({ line, headers: request.headers, body: text === "" ? null : JSON.parse(text) });
      const { status = 200, seq = 1, body } = reply(line);
      response.writeHead(status, { "Content-Type": "application/json", "X-Gorev-Seq": String(seq) });
      response.end(typeof body === "string" ? body : JSON.stringify(body));
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  client = new Client(workspace, () => "en", `http://127.0.0.1:${port}`);
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const row = (id: string) => ({ id, baslik: `Task ${id}`, durum: "beklemede", oncelik: "orta", rev: 1 });

describe("Client", () => {
  it("names its workspace, its language and itself with every call", async () => {
    reply = () => ({ body: { success: true, data: row("a") } });
    await client.createTask({ baslik: "Görev" });
    expect(requests[0]).toMatchObject({
      line: "POST /api/gorev",
      body: { baslik: "Görev" },
      headers: {
        "accept-language": "en",
        "content-type": "application/json",
        "x-gorev-client": "web-ui",
        "x-workspace-id": workspace.id,
        "x-workspace-name": "g%C3%B6rev%20i%C5%9Fi",
        "x-workspace-path": "%2Fhome%2F%C3%BC%2Fproje",
      },
    });
  });

  it("edits against a revision and returns the seq of the change", async () => {
    reply = () => ({ seq: 42, body: { success: true, data: { ...row("a"), rev: 4 } } });
    const written = await client.editTask("a", { durum: "tamamlandi" }, 3);
    expect(requests[0]).toMatchObject({ line: "PUT /api/gorev/a", headers: { "if-match": '"3"' } });
    expect(written).toMatchObject({ entity: { rev: 4 }, seq: 42 });
  });

  it("carries the current entity out of a refusal for an old revision", async () => {
    reply = () => ({
      status: 412,
      body: { success: false, error: "x", message: "Eski", code: "stale_revision", details: { current: row("a") } },
    });
    const refusal = await client.editTask("a", {}, 1).catch((reason: unknown) => reason);
    expect(refusal).toBeInstanceOf(Refused);
    expect(refusal).toMatchObject({ status: 412, message: "Eski", current: { id: "a" } });
  });

  it("calls what is no answer of the daemon unreachable", async () => {
    reply = () => ({ status: 502, body: "<html>" });
    await expect(client.deleteTask("a")).rejects.toBeInstanceOf(Unreachable);
    server.closeAllConnections();
    server.close();
    await expect(client.deleteTask("a")).rejects.toBeInstanceOf(Unreachable);
  });

  it("reads every page of the whole workspace", async () => {
    const rows = Array.from({ length: 1_500 }, (_, index) => row(`${index}`));
    reply = (line) => {
      if (line.includes("/api/projeler")) return { seq: 7, body: { data: [{ id: "p", isim: "P", is_active: true }] } };
      const offset = Number(new URL(line.split(" ")[1] ?? "", "http://x").searchParams.get("offset"));
      return { seq: 7, body: { data: rows.slice(offset, offset + 1_000), total: rows.length } };
    };
    const { seq, tasks, projects } = await client.snapshot(never);
    expect({ seq, tasks: tasks.length, projects: projects.length }).toEqual({ seq: 7, tasks: 1_500, projects: 1 });
    expect(requests.map(({ line }) => line)).toEqual([
      "GET /api/projeler",
      "GET /api/gorevler?tum_projeler=true&limit=1000&offset=0",
      "GET /api/gorevler?tum_projeler=true&limit=1000&offset=1000",
    ]);
  });

  it("reads again when a change came between its pages", async () => {
    const seqs = [7, 8, 8, 8];
    reply = () => ({ seq: seqs.shift() ?? 0, body: { data: [] } });
    expect((await client.snapshot(never)).seq).toBe(8);
    expect(requests).toHaveLength(4);
  });

  it("counts from the oldest page when changes never pause", async () => {
    let seq = 0;
    reply = () => ({ seq: (seq += 1), body: { data: [] } });
    expect((await client.snapshot(never)).seq).toBe(9);
    expect(requests).toHaveLength(10);
  });
});

// The official TypeScript SDKs against the bridge and against /mcp, in all their modes. The one argument is JSON:
// {command, args, env, cwd, url, headers, task}; each mode's findings are one line of standard output.
import { Client as ClientV2, StreamableHTTPClientTransport as HttpV2 } from "@modelcontextprotocol/client";
import { StdioClientTransport as StdioV2 } from "@modelcontextprotocol/client/stdio";
import { Client as ClientV1 } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport as StdioV1 } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport as HttpV1 } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { ResourceUpdatedNotificationSchema } from "@modelcontextprotocol/sdk/types.js";

const given = JSON.parse(process.argv[2]);
const program = { command: given.command, args: given.args, env: given.env, cwd: given.cwd };
const uri = `gorev://gorev/${given.task}`;

const PINNED = { pin: "2026-07-28" };
const transports = {
  v1: { bridge: () => new StdioV1(program), http: () => new HttpV1(new URL(given.url), { requestInit }) },
  v2: { bridge: () => new StdioV2(program), http: () => new HttpV2(new URL(given.url), { requestInit }) },
};
const requestInit = { headers: given.headers };
const modes = [
  ["v1", "legacy", () => new ClientV1({ name: "ts-v1", version: "1" })],
  ["v2", "legacy", () => new ClientV2({ name: "ts-v2", version: "1" })],
  ["v2", "auto", () => new ClientV2({ name: "ts-v2", version: "1" }, { versionNegotiation: { mode: "auto" } })],
  ["v2", "modern", () => new ClientV2({ name: "ts-v2", version: "1" }, { versionNegotiation: { mode: PINNED } })],
];

for (const [sdk, mode, make] of modes) {
  for (const wire of ["bridge", "http"]) {
    const client = make();
    const told = new Promise((tell) => {
      const method = sdk === "v1" ? ResourceUpdatedNotificationSchema : "notifications/resources/updated";
      client.setNotificationHandler(method, (notification) => tell(notification.params.uri));
    });
    await client.connect(transports[sdk][wire]());
    const { tools } = await client.listTools();
    const { resourceTemplates } = await client.listResourceTemplates();
    const { prompts } = await client.listPrompts();
    const read = await client.readResource({ uri });
    const isModern = sdk === "v2" && client.getProtocolEra() === "modern";
    const subscription = isModern ? await client.listen({ resourceSubscriptions: [uri] }) : null;
    if (subscription === null) await client.subscribeResource({ uri });
    const title = `${sdk} ${mode} ${wire}`;
    const edited = await client.callTool({ name: "gorev_duzenle", arguments: { id: given.task, baslik: title } });
    const unknown = await client.callTool({ name: "no_such_tool", arguments: {} }).then(
      (answer) => answer,
      (error) => error.code,
    );
    const found = {
      sdk,
      mode,
      wire,
      isModern,
      tools: tools.length,
      templates: resourceTemplates.length,
      prompts: prompts.length,
      contents: read.contents.length,
      title: edited.structuredContent.gorev.baslik,
      isError: edited.isError ?? false,
      told: await told,
      unknown,
    };
    await subscription?.close();
    await client.close();
    process.stdout.write(JSON.stringify(found) + "\n");
  }
}
process.exit(0);

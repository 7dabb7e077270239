// Inspector's command line, run many times in one process: standard input is a JSON array of argument lists, and each
// run's answer or refusal is one line of standard output.
import { readFileSync } from "node:fs";
import { runCli } from "../node_modules/@modelcontextprotocol/inspector/clients/cli/build/index.js";

const write = process.stdout.write.bind(process.stdout);

for (const argv of JSON.parse(readFileSync(0, "utf8"))) {
  let said = "";
  process.stdout.write = (chunk, ...rest) => {
    said += chunk;
    rest.find((each) => typeof each === "function")?.();
    return true;
  };
  let refusal = null;
  try {
    await runCli(["node", "mcp-inspector", ...argv]);
  } catch (error) {
    refusal = String(error);
  }
  process.stdout.write = write;
  await new Promise((done) => write(JSON.stringify({ said, refusal }) + "\n", done));
}
process.exit(0);

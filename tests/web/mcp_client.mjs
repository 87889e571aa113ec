// The official TypeScript clients: list what there is, call every tool, and say what came of it as JSON.
//
//   node mcp_client.mjs WHERE-NODE_MODULES-LIE sdk|client URL             with CC_KEY in the environment
//   node mcp_client.mjs WHERE-NODE_MODULES-LIE sdk|client COMMAND WORD ...
import { createRequire } from "node:module";

const [at, which, target, ...words] = process.argv.slice(2);
const require = createRequire(`${at}/`);
const key = process.env.CC_KEY;

const parts = {
    sdk: () => ({
        ...require("@modelcontextprotocol/sdk/client/index.js"),
        ...require("@modelcontextprotocol/sdk/client/streamableHttp.js"),
        ...require("@modelcontextprotocol/sdk/client/stdio.js"),
    }),
    client: () => ({ ...require("@modelcontextprotocol/client"), ...require("@modelcontextprotocol/client/stdio") }),
}[which]();

const transport = target.startsWith("http")
    ? new parts.StreamableHTTPClientTransport(new URL(target), { requestInit: { headers: { Authorization: `Bearer ${key}` } } })
    : new parts.StdioClientTransport({ command: target, args: words, env: { CC_KEY: key } });
const client = new parts.Client({ name: "test", version: "1" }, which === "client" ? { versionNegotiation: { mode: "auto" } } : {});

await client.connect(transport);
const { tools } = await client.listTools();
const { resources } = await client.listResources();
const { resourceTemplates } = await client.listResourceTemplates();
const last = (tool) => tool.name === "project_delete"; // all else would be gone with it
const called = {};
for (const tool of [...tools.filter((tool) => !last(tool)), ...tools.filter(last)]) {
    const args = tool.name === "describe" ? { tool: "runs_start" } : {};
    const result = await client.callTool({ name: tool.name, arguments: args });
    called[tool.name] = result.isError ? JSON.parse(result.content[0].text).error.code : "fine";
}
console.log(JSON.stringify({ server: client.getServerVersion().name, resources: resources.length, templates: resourceTemplates.length, called }));
await client.close();

/* What a program writes to use a key; word for word what the tutorial shows. */
import { BASE } from "../api.js";

export const environment = (key) => `export CC_KEY="${key}"\nexport CC_BASE="${BASE}"`;

export const SNIPPETS = [
  ["curl", `curl "$CC_BASE/api/v1/whoami" \\
  -H "Authorization: Bearer $CC_KEY"`],
  ["TypeScript (fetch)", `const base = process.env.CC_BASE!;
const key = process.env.CC_KEY!;

const res = await fetch(\`\${base}/api/v1/whoami\`, {
  headers: { "Authorization": \`Bearer \${key}\` },
});
const body = await res.json();
console.log(body.data);`],
  ["Python (requests)", `import os, requests

base = os.environ["CC_BASE"]
key = os.environ["CC_KEY"]

r = requests.get(
    f"{base}/api/v1/whoami",
    headers={"Authorization": f"Bearer {key}"},
    timeout=30,
)
r.raise_for_status()
print(r.json()["data"])`],
];

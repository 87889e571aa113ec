/* Which page the address asks for: #/runs/run_1?status=failed. Pages are loaded when they are first opened. */
import { can, session } from "./session.js";
import { resources } from "./table-early.js";

/* Pages: path, the scope it needs, and its module in pages/; `nav` stand in the side column, `tab` in the settings. */
const PAGES = [
  { path: "/workflows", scope: "workflows:read", page: "workflows", nav: "flow" },
  { path: "/workflows/new", scope: "workflows:write", page: "workflow", of: "/workflows" },
  { path: "/workflows/:id", scope: "workflows:read", page: "workflow", of: "/workflows" },
  { path: "/runs", scope: "runs:read", page: "runs", nav: "play" },
  { path: "/runs/:id", scope: "runs:read", page: "run", of: "/runs" },
  { path: "/runs/:id/compare", scope: "runs:read", page: "compare", of: "/runs" },
  { path: "/candidates/:id", scope: "runs:read", page: "candidates", of: "/runs" },
  { path: "/pull-requests", scope: "runs:read", page: "pulls", nav: "merge" },
  { path: "/pull-requests/:id", scope: "runs:read", page: "pull", of: "/pull-requests" },
  { path: "/branches", scope: "runs:read", page: "branches", nav: "flow" },
  { path: "/chains", scope: "runs:read", page: "chains", nav: "chain" },
  { path: "/chains/:id", scope: "runs:read", page: "chain", of: "/chains" },
  { path: "/schedules", scope: "schedules:read", page: "schedules", nav: "clock" },
  { path: "/issues", scope: "issues:read", page: "issues", nav: "issue" },
  { path: "/personas", scope: "personas:read", page: "plain", nav: "person", resource: "persona" },
  { path: "/contexts", scope: "contexts:read", page: "documents", nav: "book", resource: "context" },
  { path: "/skills", scope: "assets:read", page: "documents", nav: "list", resource: "skill" },
  { path: "/commands", scope: "assets:read", page: "documents", nav: "list", resource: "command" },
  { path: "/scripts", scope: "assets:read", page: "documents", nav: "list", resource: "script" },
  { path: "/sessions", scope: "runs:read", page: "sessions", nav: "list" },
  { path: "/sessions/:id", scope: "runs:read", page: "session", of: "/sessions" },
  { path: "/sandboxes", scope: "runs:read", page: "sandboxes", nav: "list" },
  { path: "/sandboxes/:id", scope: "runs:read", page: "sandbox", of: "/sandboxes" },
  { path: "/questions", scope: "issues:read", page: "questions", nav: "issue" },
  { path: "/learnings", scope: "learnings:read", page: "learnings", nav: "book" },
  { path: "/usage", scope: "analytics:read", page: "usage", nav: "chart" },
  { path: "/notifications", page: "notifications", nav: "bell" },
  { path: "/members", scope: "members:read", page: "members", nav: "people" },
  { path: "/audit", scope: "audit:read", page: "audit", nav: "audit" },
  { path: "/settings", scope: "projects:read", page: "general", nav: "gear", tab: true },
  { path: "/settings/api-keys", scope: "keys:read", page: "keys", of: "/settings", tab: true },
  { path: "/settings/webhooks", scope: "webhooks:read", page: "webhooks", of: "/settings", tab: true },
  { path: "/settings/webhooks/:id", scope: "webhooks:read", page: "webhook", of: "/settings" },
  { path: "/settings/budget", scope: "projects:read", page: "budget", of: "/settings", tab: true },
  { path: "/settings/prices", scope: "projects:read", page: "rates", of: "/settings", tab: true },
  { path: "/settings/agents", scope: "projects:read", page: "agents", of: "/settings", tab: true },
  { path: "/settings/environment", scope: "projects:read", page: "environment", of: "/settings", tab: true },
  { path: "/settings/provider-keys", scope: "projects:read", page: "providers", of: "/settings", tab: true },
  { path: "/settings/trash", page: "trash", of: "/settings", tab: true },
  { path: "/account", page: "account" },
];

/* Plain resources that none of these shows have the page that all share, after that of the personas. */
const others = Object.entries(resources).filter(([, one]) => one.plain && !PAGES.some((page) => page.path === one.path))
  .map(([resource, one]) => ({ path: one.path, scope: `${one.scope}:read`, page: "plain", nav: "list", resource }));
const place = PAGES.findIndex((page) => page.path === "/personas") + 1;
export const ROUTES = [...PAGES.slice(0, place), ...others, ...PAGES.slice(place)];

export const visible = (route) => !route.scope || (session.project && can(route.scope));

export function here() {
  const [path, query = ""] = (location.hash.slice(1) || "/").split("?");
  const parts = path.split("/");
  for (const route of ROUTES) {
    const wanted = route.path.split("/");
    const fits = wanted.length === parts.length &&
      wanted.every((part, i) => part === parts[i] || (part[0] === ":" && parts[i]));
    if (fits) {
      const at = wanted.findIndex((part) => part[0] === ":");
      return { route, path, id: at < 0 ? null : decodeURIComponent(parts[at]), query: new URLSearchParams(query) };
    }
  }
  return { route: null, path, id: null, query: new URLSearchParams(query) };
}

export const go = (path) => { location.hash = path; };

/* Note the filters in the address without opening the page again. */
export function setQuery(values) {
  const query = new URLSearchParams(Object.entries(values).filter(([, value]) => value)).toString();
  history.replaceState(null, "", `#${here().path}${query ? `?${query}` : ""}`);
}

/* A page with unsaved work asks before it is left: leave(async () => true or false), or leave(null). */
let guard = null;
export const leave = (ask) => { guard = ask; };
export const mayLeave = async () => !guard || guard();
export const isGuarded = () => guard !== null;

/* Who is signed in, in which project, and what they may do there. */
import { get, post, remove, request, wire, ApiError } from "./api.js";

export const session = { user: null, project: null, projects: [], role: null, scopes: new Set(),
  mustChangePassword: false };

const PROJECT = "codecourier.project";
const remembered = () => { try { return localStorage.getItem(PROJECT); } catch { return null; } };
const remember = (id) => { try { localStorage.setItem(PROJECT, id); } catch { /* then not */ } };

const WRITE = /:write$/;

/* Take over what the API says about the session. */
export function adopt(data) {
  wire.csrf = data.csrfToken;
  wire.project = data.projectId;
  session.id = data.id;
  session.user = data.user;
  session.role = data.role;
  session.projects = data.projects ?? [];
  session.project = session.projects.find((project) => project.id === data.projectId) ?? null;
  session.mustChangePassword = Boolean(data.mustChangePassword);
  session.scopes = new Set(data.scopes ?? []);
  for (const scope of [...session.scopes]) {
    if (WRITE.test(scope)) session.scopes.add(scope.replace(WRITE, ":read"));
    if (scope === "runs:write") session.scopes.add("runs:cancel");
  }
  return session;
}

export function forget() {
  wire.csrf = wire.project = null;
  session.user = session.project = null;
  session.scopes = new Set();
}

export const can = (scope) => session.scopes.has(scope);

/* The session there is, or null. */
export async function current() {
  wire.project = remembered();
  try {
    return adopt((await get("/session", {}, { open: true })).data);
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) {
      forget();
      return null;
    }
    throw error;
  }
}

/* `wanted` is the project to go on in, where the person still belongs to it. */
export async function signIn(email, password, wanted = remembered()) {
  wire.csrf = null;
  wire.project = null;
  adopt((await post("/session", { email, password }, { open: true })).data);
  if (wanted && wanted !== session.project?.id &&
    session.projects.some((project) => project.id === wanted)) await choose(wanted);
  return session;
}

/* Another tab may have signed in anew: the cookie is fresh, our token is not. True when it was so and is mended. */
wire.refresh = async () => {
  const { data } = await get("/session", {}, { open: true });
  if (data.csrfToken === wire.csrf || data.user.id !== session.user?.id) return false;
  adopt(data);
  return true;
};

export async function changePassword(currentPassword, newPassword) {
  return adopt((await post("/session/password", { currentPassword, newPassword }, { open: true })).data);
}

/* Work in another of the person's projects. */
export async function choose(id) {
  remember(id);
  wire.project = id;
  return adopt((await get("/session")).data);
}

export async function signOut(everywhere) {
  await remove(everywhere ? "/session/all" : "/session", { open: true });
  forget();
}

export const invitation = (token) => request("POST", "/session/invitation", { body: { token }, open: true });

export async function accept(token, name, password) {
  const body = name ? { token, name, password } : { token, password };
  return adopt((await post("/session/accept-invitation", body, { open: true })).data);
}

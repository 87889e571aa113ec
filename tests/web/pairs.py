"""Every two writing routes at the same objects at the same moment: what comes of it must be what comes of one after the other.

Which routes there are, what bodies they take and what refers to what is all read from the table of routes and the OpenAPI document,
so that a new route is among them by itself.  Two routes are a pair if they are of one kind of object, or if the objects of one refer
to those of the other; the project itself is what everything refers to.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import re
import socket
import subprocess
from collections.abc import Iterator
from typing import Any

import installation
import plain
import postgres
import servers
import storage
from transcript import Answer, Request

Row = dict[str, Any]
Outcome = tuple[str, ...]
AT_ONCE = 4  # scenes of two requests each: eight connections
WORKERS = 2 * AT_ONCE

# What belongs to persons and not to one project: their sessions and what these make; and what is a way to other routes.
NOT_OF_A_PROJECT = re.compile(r"/session(/.*)?$|/projects$|/credentials/|/hooks/|/mcp$")

# States in which objects are met, beside the one in which they are made.
STATES = {
    "/runs": ("running", "paused", "failed", "completed"), "/sandboxes": ("idle", "running", "paused", "failed"), "/sessions": ("running",),
    "/chains": ("paused", "failed"), "/candidates": ("undecided",),
}  # fmt: skip
TABLE_OF = {"/chains": "chains", "/candidates": "candidate_groups"}  # where that state stands; of all others it is a run's

# What rows of these kinds come of, in place of a POST.
COMES_OF = {"/questions": "/sessions", "/pull-requests": "/runs", "/branches": "/runs", "/notifications": "/runs", "/candidates": "/workflows"}

SEQ = re.compile(r'"seq": ?\d+, ?')
ID = re.compile(r"\b[a-z]{3}_[0-9A-Za-z]{22}\b")
MASKS = [
    (re.compile(r'("token": ?)"[^"]+"'), r'\1"*"'),  # one in a thousand has no digit, by which others are told from words
    (re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z"), "TIME"), (re.compile(r"\b1\d{12,15}\b"), "TIME"),
    (re.compile(r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"), "UUID"), (re.compile(r"(cc_live_|cc_test_|whsec_)[\w+/=.-]+"), r"\1*"),
    (re.compile(r"\\\\x[0-9a-f]{16,}"), "BLOB"), (re.compile(r"(?<![\w-])([0-9a-f]{22}|(?=[\w-]*\d)[\w-]{32,})(?![\w-])"), "*"), (re.compile(r"\bpairs-\d+"), "pairs"),
    (re.compile(r'"queuePosition":\d+'), '"queuePosition":N'),  # among the runs of all scenes
]  # fmt: skip


class Database:
    """All rows of a project, whatever the engine."""

    def __init__(self, transport: servers.Transport) -> None:
        self.address = postgres.address_of(transport.data)
        if self.address:
            self.psql = subprocess.Popen([postgres.programs() / "psql", "-X", "-q", "-A", "-t", "-F", "\t", "-v", "ON_ERROR_STOP=1", self.address], stdin=subprocess.PIPE,
                                         stdout=subprocess.PIPE, text=True, bufsize=1, **installation.unprivileged())  # type: ignore[call-overload]  # fmt: skip
            columns = self.ask("SELECT table_name FROM information_schema.columns c JOIN pg_tables t ON t.tablename = c.table_name AND t.schemaname = c.table_schema "
                               "WHERE column_name = 'project_id' AND table_schema = current_schema()")  # fmt: skip
            tables = [row[0] for row in columns]
        else:
            self.sqlite = storage.connect(transport.data, isolation_level=None)
            listed = self.sqlite.execute("SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND c.name = 'project_id'")
            tables = [row[0] for row in listed]
        assert len(tables) > 30, tables
        self.tables = sorted(set(tables) - {"idempotency", "rates_taken"})  # what only helps requests

    def ask(self, sql: str) -> list[list[str]]:
        assert self.psql.stdin and self.psql.stdout
        self.psql.stdin.write(sql + "; SELECT 'end of it';\n")
        self.psql.stdin.flush()
        return [line.rstrip("\n").split("\t", 1) for line in iter(self.psql.stdout.readline, "end of it\n")]

    def change(self, sql: str) -> None:
        if self.address:
            self.ask(sql)
        else:
            self.sqlite.execute(sql)

    def rows(self, project: str) -> list[tuple[str, str]]:
        if self.address:
            every = " UNION ALL ".join(f"SELECT '{table}', row_to_json(t)::text FROM {table} t WHERE project_id = '{project}'" for table in self.tables)
            return [(table, text) for table, text in self.ask(every)]
        found = []
        for table in self.tables:
            rows = self.sqlite.execute(f"SELECT * FROM {table} WHERE project_id = ?", (project,))
            names = [column[0] for column in rows.description]
            found += [(table, json.dumps(dict(zip(names, ["BLOB" if isinstance(one, bytes) else one for one in row], strict=True)))) for row in rows]
        return found

    def close(self) -> None:
        if self.address:
            self.psql.stdin.close()  # type: ignore[union-attr]
            self.psql.wait(20)
        else:
            self.sqlite.close()


class Scene:
    """A project of its own with one of everything that a pair needs."""

    def __init__(self, stage: Stage, number: int) -> None:
        self.stage = stage
        self.number = number
        self.made: dict[str, str] = {}
        self.names: dict[str, str] = {}
        project = self.data("POST", "/projects", {"name": f"pairs-{number}", "slug": f"pairs-{number}"})
        self.project = str(project["id"])
        self.names = {self.project: "PROJECT", stage.person: "PERSON", stage.other: "OTHER"}
        self.data("PATCH", "/project", {"githubRepoUrl": "https://github.com/example/app"})

    def request(self, method: str, path: str, body: Row | None) -> Request:
        headers = [*self.stage.headers, *([("X-Project", self.project)] if self.names else [])]
        if method in ("GET", "DELETE"):
            return Request(method, f"/api/v1{path}", headers)
        return Request(method, f"/api/v1{path}", [*headers, ("Content-Type", "application/json")], json.dumps(body).encode())

    def data(self, method: str, path: str, body: Row | None = None) -> Any:
        request = self.request(method, path, body)
        answer = self.stage.transport.send(request)
        assert answer.status in (200, 201, 202), f"{method} {path} {body}\n{answer}"
        return answer.json["data"]

    def one(self, kind: str) -> str:
        """The id of the one of that kind; made when first asked for."""
        if kind not in self.made:
            self.made[kind] = made = self.make(kind)
            self.names[made] = f"ONE{kind}"
        return self.made[kind]

    def make(self, kind: str) -> str:
        data, change = self.stage.transport.data, self.stage.database.change
        origin = self.one(COMES_OF[kind]) if kind in COMES_OF else ""
        if kind == "/questions":
            return storage.add_question(data, origin, "Why?")
        if kind == "/pull-requests":
            return storage.add_pull(data, origin, "1", "failure")
        if kind == "/branches":
            storage.add_branch(data, origin, "cc/run-1")
            return str(self.data("GET", "/branches")[0]["id"])
        if kind == "/notifications":
            made = f"ntf_{origin[4:]}"
            change(f"INSERT INTO notifications (project_id, id, mode, type, about_id, run_id, created_at) VALUES ('{self.project}', '{made}', 'live', 'run.failed', '{origin}', NULL, 1700000000000)")
            return made
        if kind == "/members":
            change(f"INSERT INTO members (project_id, user_id, role, created_at) VALUES ('{self.project}', '{self.stage.other}', 'member', 1700000000000)")
            return self.stage.other
        if kind == "/candidates":
            return str(self.data("POST", "/runs", {"workflowId": origin, "candidates": 2})["candidateGroupId"])
        if kind == "/trash":
            row = self.data("POST", "/learnings", {"title": "Gone", "content": "Gone."})
            self.data("DELETE", f"/learnings/{row['id']}")
            return str(self.data("GET", "/trash")[0]["id"])
        if kind == "/deliveries":
            self.data("POST", f"/webhooks/endpoints/{self.one('/webhooks/endpoints')}/test", {})
            return str(self.data("GET", f"/webhooks/endpoints/{self.one('/webhooks/endpoints')}/deliveries")[0]["id"])
        made = str(self.data("POST", kind, self.body("POST", kind))["id"])
        if f"{kind}/{{id}}/publish" in self.stage.paths:
            self.data("POST", f"{kind}/{made}/publish", {})
            self.data("PATCH", f"{kind}/{made}", plain.changed(self.body("POST", kind), "files" if "files" in self.body("POST", kind) else "content"))
        return made

    def body(self, method: str, path: str) -> Row:
        """As the document's example says, with this scene's ids in it."""
        content = self.stage.paths[path][method.lower()].get("requestBody", {}).get("content", {}).get("application/json", {})
        body = json.loads(json.dumps(content.get("example", {})))
        for member, refers in self.stage.references(content.get("schema", {})):
            if member in body:
                body[member] = [self.one(refers)] if isinstance(body[member], list) else self.one(refers)
        if "ids" in body:
            body["ids"] = [self.one(self.stage.kind(path))]
        if "slug" in body:
            body["slug"] = f"pairs-{self.number}-new"
        return dict(body)

    def of_route(self, row: Row, half: int | None = None) -> Request:
        """half: of a change's members only the even or the odd ones, so that two of one route change different ones."""
        path = row["path"]
        ids = {"version": "1", "name": "a.txt", "provider": "anthropic"}
        body = None if row["method"] == "DELETE" else self.body(row["method"], path)
        if half is not None and body and row["method"] == "PATCH" and len(body) > 1:
            body = dict(list(body.items())[half::2])
        if "{id}" in path:
            ids["id"] = ids["other"] = self.one(self.stage.kind(path))
        if "{deliveryId}" in path:
            ids["deliveryId"] = self.one("/deliveries")
        return self.request(row["method"], re.sub(r"\{(\w+)\}", lambda found: ids[found[1]], path), body)

    def masked(self, text: str) -> str:
        text = ID.sub(lambda found: self.names.get(found[0], found[0][:4] + "NEW"), text)
        for pattern, into in MASKS:
            text = pattern.sub(into, text)
        return text

    def answer(self, answer: Answer) -> str:
        assert answer.status < 500, f"{answer}\n{self.stage.transport.logs()}"
        return f"{answer.status} {self.masked(answer.body.decode())}"

    def dump(self, numbered: bool) -> str:
        """numbered: with the numbers of the changes, which say in what order two kinds of things were written, and not what each had seen of the other."""
        rows = [(table, self.masked(text)) for table, text in self.stage.database.rows(self.project)]
        return "\n".join(sorted(f"{table} {text if numbered or table != 'changes' else SEQ.sub('', text)}" for table, text in rows))


class Stage:
    """An instance with eight workers and somebody who may do everything."""

    def __init__(self, transport: servers.Fastcgi) -> None:
        self.transport = transport
        self.numbers = itertools.count(1)
        self.document: Row = json.loads(installation.command("openapi", "--inline").stdout)
        self.paths: Row = self.document["paths"]
        self.schemas: Row = self.document["components"]["schemas"]
        self.routes: list[Row] = [row for row in json.loads(installation.command("routes", "--json").stdout)
                                  if row["method"] != "GET" and not NOT_OF_A_PROJECT.match(row["path"])]  # fmt: skip
        self.kinds = sorted({row["path"].partition("/{")[0] for row in self.routes if "{id}" in row["path"]})
        self.database = Database(transport)
        home = installation.Project(transport.data)
        self.headers, self.person = self.somebody(home, "ada")
        _, self.other = self.somebody(home, "grace")

    def somebody(self, home: installation.Project, name: str) -> tuple[list[tuple[str, str]], str]:
        json_is_sent = ("Content-Type", "application/json")
        key = ("Authorization", f"Bearer {home('admin')}")
        invite = json.dumps({"email": f"{name}@example.com", "role": "owner"}).encode()
        token = self.transport.send(Request("POST", "/api/v1/members/invitations", [key, json_is_sent], invite)).json["data"]["token"]
        accept = json.dumps({"token": token, "password": "hold the door open"}).encode()
        answer = self.transport.send(Request("POST", "/api/v1/session/accept-invitation", [json_is_sent], accept))
        data = answer.json["data"]
        return [("Cookie", (answer.header("Set-Cookie") or "").partition(";")[0]), ("X-CSRF-Token", data["csrfToken"])], str(data["user"]["id"])

    # ---- which are pairs ---------------------------------------------------------------------------------------------------

    def kind(self, path: str) -> str:
        """The collection whose object a route is about; /project for what a project has once."""
        found = [one for one in self.kinds if path == one or path.startswith(one + "/")]
        return max(found, key=len) if found else "/" + path.split("/")[1]

    def references(self, schema: Row) -> Iterator[tuple[str, str]]:
        """Members that are ids, and the kind of object whose."""
        for name, member in schema.get("properties", {}).items():
            refers = member.get("x-refers") or member.get("items", {}).get("x-refers")
            if refers and "path" in self.schemas.get(refers, {}).get("x-resource", {}):
                yield name, self.schemas[refers]["x-resource"]["path"]

    def refers(self, kind: str) -> set[str]:
        """The kinds that such objects, and the bodies of their routes, refer to."""
        found = {COMES_OF[kind]} if kind in COMES_OF else set()
        for schema in self.schemas.values():
            if schema.get("x-resource", {}).get("path") == kind:
                found |= {target for _, target in self.references(schema)}
        for row in self.routes:
            if self.kind(row["path"]) == kind:
                content = self.paths[row["path"]][row["method"].lower()].get("requestBody", {}).get("content", {}).get("application/json", {})
                found |= {target for _, target in self.references(content.get("schema", {}))}
        return found

    def pairs(self) -> list[tuple[Row, Row, str]]:
        """All, each with the state in which it meets its object; "": as it was made."""
        refers = {kind: self.refers(kind) for kind in {self.kind(row["path"]) for row in self.routes}}
        found = []
        for a, b in itertools.combinations_with_replacement(self.routes, 2):
            kinds = self.kind(a["path"]), self.kind(b["path"])
            if kinds[0] == kinds[1]:
                found += [(a, b, state) for state in ("", *STATES.get(kinds[0], ()))]
            elif kinds[1] in refers[kinds[0]] or kinds[0] in refers[kinds[1]] or "project.delete" in (a["operation"], b["operation"]):
                found.append((a, b, ""))
        return found

    def of_one_kind(self, a: Row, b: Row) -> bool:
        return self.kind(a["path"]) == self.kind(b["path"])

    # ---- trying one -----------------------------------------------------------------------------------------------------------

    def scene(self, a: Row, b: Row, state: str) -> tuple[Scene, list[Request]]:
        scene = Scene(self, next(self.numbers))
        same = a is b
        requests = [scene.of_route(a, 0 if same else None), scene.of_route(b, 1 if same else None)]
        kind = self.kind(a["path"])
        if state and kind in scene.made:
            ended = ", finished_at = updated_at" if state in ("failed", "completed") and kind not in TABLE_OF else ""
            self.database.change(f"UPDATE {TABLE_OF.get(kind, 'runs')} SET status = '{state}'{ended} WHERE id = '{scene.made[kind]}'")
        return scene, requests

    def send_at_once(self, requests: list[Request]) -> list[Answer]:
        """Each worker has all of its request but the end of the body; then all ends are sent in one go.  What is refused for now is asked for again."""
        connections: list[socket.socket] = []
        for request in requests:
            connections.append(self.transport.connect(request))
            self.transport.send_body(connections[-1], request.body, end=False)
        end = self.transport.record(5, b"")
        for number in random.sample(range(len(requests)), len(requests)):
            connections[number].sendall(end)
        answers = [self.transport.receive(connection) for connection in connections]
        for number, request in enumerate(requests):
            while answers[number].status == 503:
                answers[number] = self.transport.send(request)
        return answers

    def serial(self, a: Row, b: Row, state: str, order: tuple[int, int]) -> Outcome:
        scene, requests = self.scene(a, b, state)
        answers = {number: scene.answer(self.transport.send(requests[number])) for number in order}
        return answers[0], answers[1], scene.dump(self.of_one_kind(a, b))

    def at_once(self, a: Row, b: Row, state: str) -> list[Outcome]:
        scenes = [self.scene(a, b, state) for _ in range(AT_ONCE)]
        answers = self.send_at_once([request for _, requests in scenes for request in requests])
        return [(scene.answer(answers[2 * n]), scene.answer(answers[2 * n + 1]), scene.dump(self.of_one_kind(a, b))) for n, (scene, _) in enumerate(scenes)]

    def wrong(self, a: Row, b: Row, state: str, done: set[str], rounds: int = 1) -> str:
        """What two at once come to that no order of them does; "": nothing.  done: the routes that have done something in either order."""
        name = f"{a['operation']} and {b['operation']}" + (f" of one that is {state}" if state else "")
        try:
            right = [self.serial(a, b, state, order) for order in ((0, 1), (1, 0))]
            for outcome in right:
                done |= {row["operation"] for row, answer in ((a, outcome[0]), (b, outcome[1])) if answer[0] == "2"}
            found = next((outcome for _ in range(rounds) for outcome in self.at_once(a, b, state) if outcome not in right), None)
        except AssertionError as error:  # the others are tried all the same
            return f"{name}\n  {error}"
        if not found:
            return ""
        return f"{name}\n" + "\n".join(differences(found, one, words) for one, words in zip(right, ("one after the other", "in the other order"), strict=True))


def differences(outcome: Outcome, right: Outcome, words: str) -> str:
    """The lines that only one of them has, from shortly before where they part."""
    mine, theirs = ([*one[:2], *one[2].splitlines()] for one in (outcome, right))
    more, less = ([line for line in one if one.count(line) > other.count(line)] for one, other in ((mine, theirs), (theirs, mine)))

    def piece(line: str, others: list[str]) -> str:
        same = max((len(os.path.commonprefix([line, other])) for other in others), default=0)
        start = max(40, same - 60)
        return line[:40] + (" … " if start > 40 else "") + line[start : start + 240]

    return "\n".join([f"  at once: {piece(line, less)}" for line in more] + [f"  {words}: {piece(line, more)}" for line in less])

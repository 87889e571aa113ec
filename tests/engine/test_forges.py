"""Pull requests after they are open, at each kind of forge: looked at, fixed, merged, closed.  Stand-ins answer as the forges'
documentation says they do."""

from __future__ import annotations

import dataclasses
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from forge import TOKEN, Forge, git, served
from instance import Instance, Json, Refused

LOG = "\x1b[31mstep 1\x1b[0m\n" + "filler\n" * 2000 + "error: two is missing\n"


@dataclasses.dataclass
class Kind:
    """What a test says of a pull request, in the words of one forge."""

    name: str
    variable: str
    api: str  # below its address
    authorization: str
    open: Callable[[], tuple[str, Any]]  # what opening it is, and its answer
    look: Callable[[str, str, str, bool | None, list[tuple[str, str]], list[tuple[str, int, str]]], dict[str, tuple[int, Any]]]
    log: str | None  # where the log of the check that failed is asked for
    merge: tuple[str, Callable[[str], Json]]
    close: tuple[str, Json]


def github() -> Kind:
    at = "/repos/acme/shop"

    def pull(state: str = "open", branch: str = "b", head: str = "", mergeable: bool | None = None) -> Json:
        said = "closed" if state == "merged" else state
        return {
            "html_url": "https://forge.example/acme/shop/pull/7", "number": 7, "title": "Add two", "state": said, "merged": state == "merged", "draft": False,
            "mergeable": mergeable, "head": {"ref": branch, "sha": head}, "base": {"ref": "main"},
        }  # fmt: skip

    def look(state: str, branch: str, head: str, mergeable: bool | None, checks: list[tuple[str, str]], comments: list[tuple[str, int, str]]) -> dict[str, tuple[int, Any]]:
        def run(i: int, name: str, status: str) -> Json:
            done = status != "pending"
            return {
                "id": 50 + i, "name": name, "status": "completed" if done else "in_progress", "conclusion": status if done else None,
                "html_url": f"https://forge.example/checks/{i}", "app": {"slug": "github-actions"}, "output": {"title": None, "summary": None, "text": None},
            }  # fmt: skip

        return {
            f"GET {at}/pulls/7": (200, pull(state, branch, head, mergeable)),
            f"GET {at}/commits/{head}/check-runs?per_page=100": (200, {"check_runs": [run(i, *check) for i, check in enumerate(checks)]}),
            f"GET {at}/commits/{head}/status": (200, {"statuses": []}),
            f"GET {at}/pulls/7/reviews?per_page=100": (200, []),
            f"GET {at}/pulls/7/comments?per_page=100": (200, [{"user": {"login": "ada"}, "path": path, "line": line, "body": text, "html_url": "javascript:alert(1)"} for path, line, text in comments]),
        }  # fmt: skip

    return Kind(
        "github", "GITHUB_TOKEN", "", f"Bearer {TOKEN}", lambda: (f"POST {at}/pulls", pull()), look, f"GET {at}/actions/jobs/50/logs",
        (f"PUT {at}/pulls/7/merge", lambda head: {"merge_method": "squash", "sha": head}), (f"PATCH {at}/pulls/7", {"state": "closed"}),
    )  # fmt: skip


def gitlab() -> Kind:
    at = "/api/v4/projects/acme%2Fshop"

    def request(state: str = "open", branch: str = "b", head: str = "", mergeable: bool | None = None) -> Json:
        return {
            "web_url": "https://forge.example/acme/shop/-/merge_requests/7", "iid": 7, "title": "Add two", "state": "opened" if state == "open" else state, "draft": False,
            "has_conflicts": mergeable is False, "detailed_merge_status": "mergeable" if mergeable else "checking", "source_branch": branch, "target_branch": "main", "sha": head,
        }  # fmt: skip

    def look(state: str, branch: str, head: str, mergeable: bool | None, checks: list[tuple[str, str]], comments: list[tuple[str, int, str]]) -> dict[str, tuple[int, Any]]:
        words = {"success": "success", "failure": "failed", "pending": "running"}
        notes = [
            {"body": text, "author": {"username": "ada"}, "resolvable": True, "resolved": False, "position": {"new_path": path, "new_line": line}} for path, line, text in comments
        ]
        return {
            f"GET {at}/merge_requests/7": (200, request(state, branch, head, mergeable)),
            f"GET {at}/repository/commits/{head}/statuses?per_page=100": (
                200, [{"id": 50 + i, "name": name, "status": words[status], "target_url": f"https://forge.example/checks/{i}"} for i, (name, status) in enumerate(checks)],
            ),
            f"GET {at}/merge_requests/7/discussions?per_page=100": (200, [{"notes": [{"body": "fine", "resolvable": True, "resolved": True, "author": {"username": "bob"}}, *notes]}]),
        }  # fmt: skip

    return Kind(
        "gitlab", "GITLAB_TOKEN", "/api/v4", f"Bearer {TOKEN}", lambda: (f"POST {at}/merge_requests", request()), look, f"GET {at}/jobs/50/trace",
        (f"PUT {at}/merge_requests/7/merge", lambda head: {"squash": True, "sha": head}), (f"PUT {at}/merge_requests/7", {"state_event": "close"}),
    )  # fmt: skip


def gitea() -> Kind:
    at = "/api/v1/repos/acme/shop"
    known = github()

    def pull(*state: Any) -> Any:
        return next(answer for what, (_, answer) in known.look(*state, [], []).items() if what.endswith("/pulls/7"))

    def look(state: str, branch: str, head: str, mergeable: bool | None, checks: list[tuple[str, str]], comments: list[tuple[str, int, str]]) -> dict[str, tuple[int, Any]]:
        review = [{"path": path, "position": line, "body": text, "user": {"login": "ada"}} for path, line, text in comments]
        return {
            f"GET {at}/pulls/7": (200, pull(state, branch, head, mergeable)),
            f"GET {at}/commits/{head}/status": (
                200, {"statuses": [{"context": name, "status": status, "target_url": f"https://forge.example/checks/{i}", "description": LOG[-40:]} for i, (name, status) in enumerate(checks)]},
            ),
            f"GET {at}/pulls/7/reviews?limit=50": (200, [{"id": 3, "state": "COMMENT", "comments_count": len(review), "user": {"login": "ada"}, "body": ""}]),
            f"GET {at}/pulls/7/reviews/3/comments": (200, review),
        }  # fmt: skip

    return Kind(
        "gitea", "GITEA_TOKEN", "/api/v1", f"token {TOKEN}", lambda: (f"POST {at}/pulls", pull("open", "b", "", None)), look, None,
        (f"POST {at}/pulls/7/merge", lambda head: {"Do": "squash", "head_commit_id": head}), (f"PATCH {at}/pulls/7", {"state": "closed"}),
    )  # fmt: skip


KINDS = [github(), gitlab(), gitea()]
each = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)


class Opened:
    """A run has opened one."""

    def __init__(self, instance: Instance, forge: Forge, kind: Kind, **more: object) -> None:
        self.instance, self.forge, self.kind = instance, forge, kind
        instance.conf["forges"] = f"127.0.0.1={kind.name}@{forge.here}{kind.api}"
        instance.write_conf()
        what, answer = kind.open()
        forge.answers = {f"GET {what.split()[1].rsplit('/', 1)[0]}": (200, {"default_branch": "main"}), what: (201, answer)}
        instance.ask("PATCH", "/project/settings", {"envVars": {kind.variable: TOKEN, "GIT_TOKEN": TOKEN}})
        flow = instance.workflow({"role": "custom", "agent": "edit"})
        run = instance.start(flow, "live", githubRepoUrl=f"{forge.here}/acme/shop.git", name="Add two", **more)
        instance.drain()
        self.run = instance.finish(run, "live")
        self.id = self.list()[0]["id"]

    def list(self, query: str = "") -> list[Json]:
        return list(self.instance.ask("GET", f"/pull-requests{query}", mode="live")["data"])

    def get(self) -> Json:
        return dict(self.instance.ask("GET", f"/pull-requests/{self.id}", mode="live")["data"])

    def post(self, action: str, **body: object) -> Json:
        return dict(self.instance.ask("POST", f"/pull-requests/{self.id}/{action}", body, mode="live")["data"])

    def becomes(self, state: str = "open", mergeable: bool | None = True, checks: tuple[tuple[str, str], ...] = (), comments: tuple[tuple[str, int, str], ...] = ()) -> None:
        """From here on it is like that there."""
        self.head = self.forge.tip(self.run["branchName"])
        self.forge.answers |= self.kind.look(state, self.run["branchName"], self.head, mergeable, list(checks), list(comments))

    def worked(self) -> Json:
        self.instance.drain()
        return self.get()

    def refused(self, action: str, **body: object) -> str:
        with pytest.raises(Refused) as refused:
            self.post(action, **body)
        assert refused.value.status == 409, refused.value
        return str(refused.value.error["message"])


@contextmanager
def opened(instance: Instance, kind: Kind) -> Iterator[Opened]:
    with served(instance) as forge:
        yield Opened(instance, forge, kind)
    assert TOKEN not in instance.log_text()


@each
def test_it_is_listed_looked_at_and_fixed(instance: Instance, kind: Kind) -> None:
    with opened(instance, kind) as it:
        first = it.get()
        assert (first["number"], first["state"], first["forge"], first["runId"]) == (7, "open", kind.name, it.run["id"])
        assert (first["checksStatus"], first["checks"], first["refreshedAt"], first["pendingAction"]) == ("none", [], None, None)
        assert [one["id"] for one in it.list("?state=open")] == [it.id] and it.list("?state=merged") == []
        assert "No check is known to fail" in it.refused("fix")

        it.becomes(checks=(("build", "failure"), ("lint", "success")), comments=(("a.txt", 2, "Say three as well."),))
        if kind.log:
            it.forge.answers[kind.log] = (200, LOG)
        assert it.post("refresh")["pendingAction"] == "refresh"
        seen = it.worked()
        assert (seen["pendingAction"], seen["actionError"], seen["refreshError"]) == (None, None, None), seen
        assert seen["refreshedAt"] and (seen["branch"], seen["base"], seen["headCommit"]) == (it.run["branchName"], "main", it.head)
        assert (seen["mergeable"], seen["checksStatus"]) == (True, "failure")
        assert [(check["name"], check["status"], check["url"]) for check in seen["checks"]] == [
            ("build", "failure", "https://forge.example/checks/0"), ("lint", "success", "https://forge.example/checks/1"),
        ]  # fmt: skip
        [failure] = seen["failures"]
        assert failure["name"] == "build" and failure["text"].endswith("error: two is missing\n") and len(failure["text"]) <= 8000 and "\x1b" not in failure["text"]
        [comment] = seen["comments"]
        assert (comment["author"], comment["path"], comment["line"], comment["text"], comment["url"]) == ("ada", "a.txt", 2, "Say three as well.", None)
        assert all(headers.get("Authorization") == kind.authorization for _, path, headers, _ in it.forge.api())

        assert "Checks fail (build)" in it.refused("merge")
        run = it.post("fix", prompt="Be brief.")
        assert (run["source"], run["branchName"], run["baseBranch"], run["name"]) == ("fix", it.run["branchName"], "main", "Fix #7")
        for words in ("Be brief.", "error: two is missing", "a.txt, line 2 (ada)", "Say three as well."):
            assert words in run["prompt"]
        other = it.post("fix", about="comments")
        assert "Say three" in other["prompt"] and "error:" not in other["prompt"]
        instance.ask("POST", f"/runs/{other['id']}/cancel", mode="live")
        instance.drain()
        assert instance.finish(run["id"], "live")["pushStatus"] == "pushed"
        assert git("show", f"{it.run['branchName']}:a.txt", cwd=it.forge.folder / "acme" / "shop.git") == "one\ntwo\ntwo\n"
        assert len(it.list()) == 1


@pytest.mark.produces("PULL_CHECKS_FAILED", "FORGE_REFUSED")
@each
def test_it_is_merged_as_it_was_judged(instance: Instance, kind: Kind) -> None:
    with opened(instance, kind) as it:
        it.becomes(mergeable=False)
        it.post("refresh")
        it.worked()
        assert "conflicts with 'main'" in it.refused("merge", force=True)

        it.becomes(checks=(("build", "pending"),))
        it.post("refresh")
        assert it.worked()["checksStatus"] == "pending"
        assert "Checks are not done (build)" in it.refused("merge")

        it.becomes(checks=(("build", "success"),))
        it.post("refresh")
        it.worked()
        it.becomes(checks=(("build", "failure"),))  # meanwhile
        assert it.post("merge", method="squash")["pendingAction"] == "merge"
        judged = it.worked()
        assert judged["state"] == "open" and judged["pendingAction"] is None and "Checks fail (build)" in judged["actionError"], judged
        assert (judged["actionErrorCode"], judged["actionErrorParams"]) == ("PULL_CHECKS_FAILED", {"checks": "build"})

        what, body = kind.merge
        it.forge.answers[what] = (409, {"message": "Head branch was modified"})
        it.post("merge", method="squash", force=True)
        refused = it.worked()
        assert refused["state"] == "open" and "409: Head branch was modified" in refused["actionError"], refused
        assert (refused["actionErrorCode"], refused["actionErrorParams"]) == ("FORGE_REFUSED", {"detail": refused["actionError"]})

        it.forge.answers[what] = (200, {"merged": True, "state": "merged"})
        it.post("merge", method="squash", force=True)
        merged = it.worked()
        assert (merged["state"], merged["pendingAction"]) == ("merged", None)
        assert merged["actionError"] is merged["actionErrorCode"] is merged["actionErrorParams"] is None
        assert [sent for method, path, _, sent in it.forge.api() if f"{method} {path}" == what] == [body(it.head)] * 2
        assert instance.run(it.run["id"], "live")["prStatus"] == "merged"
        assert it.post("merge")["pendingAction"] is None, "it was merged already"
        for action in ("close", "fix"):
            assert "A merged pull request cannot be" in it.refused(action)


@each
def test_it_is_closed(instance: Instance, kind: Kind) -> None:
    with opened(instance, kind) as it:
        it.becomes()
        what, body = kind.close
        closed = next(answer for name, (_, answer) in kind.look("closed", it.run["branchName"], it.head, True, [], []).items() if name.split()[1] == what.split()[1])
        it.forge.answers[what] = (200, closed)
        assert it.post("close")["pendingAction"] == "close"
        assert "asked to close it" in it.refused("merge")
        assert it.worked()["state"] == "closed"
        assert it.forge.api()[-1][3] == body and instance.run(it.run["id"], "live")["prStatus"] == "closed"
        assert it.post("close")["state"] == "closed", "it was closed already"


def test_a_check_that_is_as_before_is_not_sent_again(instance: Instance) -> None:
    with opened(instance, KINDS[0]) as it:
        it.becomes(checks=(("build", "success"),))
        it.forge.headers["GET /repos/acme/shop/pulls/7"] = {"ETag": 'W/"1"'}
        for _ in range(2):
            it.post("refresh")
            seen = it.worked()
            assert (seen["mergeable"], seen["checksStatus"], seen["refreshError"]) == (True, "success", None)
        conditions = [headers.get("If-None-Match") for method, path, headers, _ in it.forge.api() if path == "/repos/acme/shop/pulls/7"]
        assert conditions == [None, 'W/"1"']
        others = {headers.get("If-None-Match") for _, path, headers, _ in it.forge.api() if path != "/repos/acme/shop/pulls/7"}
        assert others == {None}, "the condition is of one question alone"


def test_an_open_one_is_looked_at_again_and_more_and_more_rarely(instance: Instance) -> None:
    instance.own_clock()
    with opened(instance, KINDS[0]) as it:
        it.becomes(checks=(("build", "success"),))

        def looks(seconds: float) -> int:
            before = len(it.forge.api())
            instance.let_pass(seconds)
            instance.drain()
            return sum(path.endswith("/pulls/7") for _, path, _, _ in it.forge.api()[before:])

        assert looks(30) == 0 and looks(31) == 1  # forgePollSeconds
        assert looks(61) == 1, "the checks are others than before: as soon again"
        assert looks(61) == 0 and looks(61) == 1
        it.becomes(state="merged", checks=(("build", "success"),))
        assert looks(4000) == 1 and it.get()["state"] == "merged"
        assert looks(100000) == 0


TROUBLE = {
    "wrong token": ((401, {"message": "Bad credentials"}), {}, "GitHub answered 401: Bad credentials"),
    "no right": ((403, {"message": "Resource not accessible"}), {}, "GitHub answered 403: Resource not accessible"),
    "too often": ((429, {"message": "Slow down"}), {"Retry-After": "3000"}, "GitHub answered 429: Slow down"),
    "gone": ((404, {"message": "Not Found"}), {}, "GitHub answered 404: Not Found"),
    "moved": ((301, {}), {"Location": "https://elsewhere.example/"}, "the repository has moved"),
    "broken": ((500, "<html>oops"), {}, "GitHub answered 500"),
    "no sense": ((200, {"number": "x"}), {}, "GitHub's answer is not understood"),
    "the token": ((403, {"message": f"I know {TOKEN}"}), {}, "GitHub refused it."),
    "silence": ((200, {}), {"Content-Length": "x"}, "did not answer"),
}


@pytest.mark.parametrize("trouble", TROUBLE)
def test_what_a_forge_refuses_is_said_and_changes_nothing(instance: Instance, trouble: str) -> None:
    answer, headers, words = TROUBLE[trouble]
    instance.own_clock()
    with opened(instance, KINDS[0]) as it:
        before = it.get()
        it.becomes()
        it.forge.answers["GET /repos/acme/shop/pulls/7"] = answer
        it.forge.headers["GET /repos/acme/shop/pulls/7"] = headers
        it.post("merge", force=True)
        seen = it.worked()
        assert words in seen["actionError"] and words in seen["refreshError"], seen
        assert {seen[f"{which}ErrorCode"] for which in ("action", "refresh")} == {"FORGE_REFUSED"}
        assert seen["refreshErrorParams"] == {"detail": seen["refreshError"]}
        assert {name: seen[name] for name in ("state", "pendingAction", "checks", "headCommit")} == {
            "state": "open", "pendingAction": None, "checks": [], "headCommit": before["headCommit"],
        }  # fmt: skip
        if trouble == "too often":
            asked = [path for _, path, _, _ in it.forge.api()].count("/repos/acme/shop/pulls/7")
            instance.let_pass(2900)
            instance.drain()
            assert [path for _, path, _, _ in it.forge.api()].count("/repos/acme/shop/pulls/7") == asked, "it had said when to come again"


def test_a_log_is_fetched_from_elsewhere_without_the_token(instance: Instance) -> None:
    with opened(instance, KINDS[0]) as it:
        it.becomes(checks=(("build", "failure"), ("lint", "failure")))
        log, other = "GET /repos/acme/shop/actions/jobs/50/logs", "GET /repos/acme/shop/actions/jobs/51/logs"
        it.forge.answers |= {log: (302, ""), other: (302, ""), "GET /elsewhere/log": (200, LOG)}
        it.forge.headers |= {log: {"Location": it.forge.here + "/elsewhere/log"}, other: {"Location": "file:///etc/passwd"}}
        it.post("refresh")
        first, second = it.worked()["failures"]
        assert "two is missing" in first["text"] and "root" not in second["text"]
        [asked] = [headers for _, path, headers, _ in it.forge.api() if path == "/elsewhere/log"]
        assert "Authorization" not in asked


# What the forge says only when it is looked at, of one that was to be merged.
MEANWHILE = {
    "PULL_CLOSED": {"state": "closed"},
    "PULL_DRAFT": {},
    "PULL_CONFLICTS": {"mergeable": False},
    "PULL_CHECKS_PENDING": {"checks": (("build", "pending"),)},
    "PULL_HEAD_UNKNOWN": {},
}


@pytest.mark.parametrize("code", [pytest.param(code, marks=pytest.mark.produces(code)) for code in MEANWHILE])
def test_what_is_in_the_way_of_a_merge_has_a_code(instance: Instance, code: str) -> None:
    with opened(instance, KINDS[0]) as it:
        instance.sql("UPDATE pull_requests SET head_commit = NULL")
        it.becomes(**MEANWHILE[code])
        pull = it.forge.answers["GET /repos/acme/shop/pulls/7"][1]
        pull["draft"] = code == "PULL_DRAFT"
        if code == "PULL_HEAD_UNKNOWN":
            del pull["head"]["sha"]
        it.post("merge")
        seen = it.worked()
        assert (seen["actionErrorCode"], seen["refreshErrorCode"], seen["pendingAction"]) == (code, None, None), seen
        params = {"PULL_CONFLICTS": {"branch": "main"}, "PULL_CHECKS_PENDING": {"checks": "build"}}
        assert seen["actionErrorParams"] == params.get(code, {}) and seen["actionError"]


@pytest.mark.produces("FORGE_NOT_ASKED", "FORGE_UNKNOWN", "REPOSITORY_REFUSED")
def test_why_a_forge_cannot_be_asked_has_a_code(instance: Instance) -> None:
    def trouble(sql: str, *values: object) -> Json:
        instance.sql(sql, *values)
        it.post("merge", force=True)
        seen = it.worked()
        assert seen["actionError"] == seen["refreshError"] and seen["actionErrorCode"] == seen["refreshErrorCode"], seen
        return seen

    with opened(instance, KINDS[0]) as it:
        it.becomes()
        asked = len(it.forge.api())
        assert trouble("UPDATE pull_requests SET repository = 'https://unknown.example/acme/shop'")["actionErrorCode"] == "FORGE_UNKNOWN"
        seen = trouble("UPDATE pull_requests SET repository = 'https://10.0.0.1/acme/shop'")
        assert (seen["actionErrorCode"], seen["actionErrorParams"]) == ("REPOSITORY_REFUSED", {"reason": {"code": "HOST_REFUSED"}})
        assert seen["actionError"].startswith("The repository's address must name a host that is public"), seen
        assert trouble("UPDATE project_settings SET env_vars = ?", bytes(100))["actionErrorCode"] == "FORGE_NOT_ASKED"
        assert len(it.forge.api()) == asked


@pytest.mark.produces("FORGE_NO_TOKEN")
def test_without_a_token_it_says_what_is_missing(instance: Instance) -> None:
    with opened(instance, KINDS[1]) as it:
        instance.ask("PATCH", "/project/settings", {"envVars": {"GITLAB_TOKEN": None, "GIT_TOKEN": None, "GITHUB_TOKEN": TOKEN}})
        asked = len(it.forge.api())
        it.post("refresh")
        assert "no token for its forge" in it.worked()["actionError"] and len(it.forge.api()) == asked, "GitHub's token is for GitHub"
        for language, words in (("C.UTF-8", "has no token for its forge."), ("de_DE.UTF-8", "hat kein Token für seine Forge.")):
            instance.environment["LC_ALL"] = language
            assert instance.command("pull", "show", it.id, "--data", str(instance.data)).stdout.count(words) == 2, language


def test_a_forges_word_makes_a_worker_look(instance: Instance) -> None:
    with opened(instance, KINDS[0]) as it:
        it.becomes(checks=(("build", "success"),))
        project = instance.ask("GET", "/project", mode="live")["data"]["id"]
        secret = "a secret between us"
        message = {"action": "completed", "check_run": {"head_sha": "none", "pull_requests": [{"number": 7}, {"number": 8}]}, "more": {"twice": 1}}
        body = json.dumps(message).encode()

        def send(message: Json = message, of: str = project, **variables: str) -> int:
            try:
                return int(instance.ask("POST", f"/hooks/forge/{of}", message, "live", HTTP_AUTHORIZATION="", **variables)["data"]["matched"])
            except Refused as refused:
                assert refused.error["code"] == "AUTH_INVALID"
                return -1

        def signed(body: bytes, key: str = secret) -> str:
            return "sha256=" + hmac.new(key.encode(), body, hashlib.sha256).hexdigest()

        assert send(HTTP_X_HUB_SIGNATURE_256=signed(body)) == -1, "there is no secret"
        instance.ask("PATCH", "/project/settings", {"envVars": {"FORGE_WEBHOOK_SECRET": secret}})
        for wrong in ("", "sha256=", signed(body, "another"), signed(b"{}"), signed(body).upper(), signed(body) + "0"):
            assert send(HTTP_X_HUB_SIGNATURE_256=wrong) == -1, wrong
        assert send(HTTP_X_GITLAB_TOKEN="another") == -1 and send() == -1
        assert send(of="prj_0000000000000000000000", HTTP_X_HUB_SIGNATURE_256=signed(body)) == -1
        assert it.worked()["refreshedAt"] is None

        assert send(HTTP_X_HUB_SIGNATURE_256=signed(body)) == 1
        assert it.worked()["checksStatus"] == "success"
        for about, matched in (
            ({"object_kind": "merge_request", "object_attributes": {"iid": 7}}, 1), ({"object_kind": "pipeline", "object_attributes": {"sha": it.head, "iid": 7}}, 1),
            ({"object_kind": "note", "merge_request": {"iid": 7}}, 1), ({"sha": it.head, "state": "success"}, 1), ({"pull_request": {"number": 9}}, 0), ({"zen": "Keep it simple."}, 0),
        ):  # fmt: skip
            assert send(about, HTTP_X_GITLAB_TOKEN=secret) == matched, about


@each
def test_base_and_draft_are_as_asked(instance: Instance, kind: Kind) -> None:
    with served(instance) as forge:
        source, bare = forge.folder / "source", forge.folder / "acme" / "shop.git"
        git("checkout", "-qb", "release/1", cwd=source)
        (source / "a.txt").write_text("released\n")
        git("-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "-qam", "release", cwd=source)
        git("push", "--quiet", str(bare), "release/1", cwd=source)
        it = Opened(instance, forge, kind, baseBranch="release/1", draft=True)
        assert (it.run["baseBranch"], it.run["draft"], it.run["pushStatus"]) == ("release/1", True, "pushed")
        assert git("show", f"{it.run['branchName']}:a.txt", cwd=bare) == "released\ntwo\n"
        sent = forge.api()[-1][3]
        assert sent.get("base", sent.get("target_branch")) == "release/1"
        assert sent.get("draft") or sent["title"] in ("Draft: Add two", "WIP: Add two")
        again = instance.ask("POST", f"/runs/{it.run['id']}/restart", mode="live")["data"]
        assert (again["baseBranch"], again["draft"]) == ("release/1", True)
        instance.ask("POST", f"/runs/{again['id']}/cancel", mode="live")

        run = instance.start(it.run["workflowId"], "live", githubRepoUrl=it.run["githubRepoUrl"], baseBranch="none")
        instance.drain()
        failed = instance.finish(run, "live")
        assert failed["status"] == "failed" and "the repository has no branch none to begin at" in failed["error"], failed

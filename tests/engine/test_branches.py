"""Branches that runs have pushed: listed, looked at, deleted.  Stand-ins answer as the forges' documentation says they do."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import pytest
from forge import TOKEN, Forge, git, served
from instance import Instance, Json, Refused
from test_forges import KINDS as PULLS
from test_forges import Opened


@dataclasses.dataclass
class Kind:
    """What a test says of a branch, in the words of one forge."""

    name: str
    variable: str
    api: str
    look: Callable[[str, str, bool, int, int], dict[str, tuple[int, Any]]]  # branch, commit, protected, ahead, behind
    delete: Callable[[str], str]
    repository: str


def github(name: str, head: str, protected: bool, ahead: int, behind: int) -> dict[str, tuple[int, Any]]:
    at, named = "/repos/acme/shop", quote(name, safe="")
    return {
        f"GET {at}/branches/{named}": (200, {"name": name, "commit": {"sha": head}, "protected": protected}),
        f"GET {at}/compare/main...{named}?per_page=1": (200, {"ahead_by": ahead, "behind_by": behind}),
    }


def gitlab(name: str, head: str, protected: bool, ahead: int, behind: int) -> dict[str, tuple[int, Any]]:
    at, named = "/api/v4/projects/acme%2Fshop/repository", quote(name, safe="")
    return {
        f"GET {at}/branches/{named}": (200, {"name": name, "commit": {"id": head}, "protected": protected}),
        f"GET {at}/commits?ref_name=main..{named}&per_page=100": (200, [{}] * ahead),
        f"GET {at}/commits?ref_name={named}..main&per_page=100": (200, [{}] * behind),
    }


def gitea(name: str, head: str, protected: bool, ahead: int, behind: int) -> dict[str, tuple[int, Any]]:
    at = "/api/v1/repos/acme/shop"
    return {
        f"GET {at}/branches/{name}": (200, {"name": name, "commit": {"id": head}, "protected": protected}),
        f"GET {at}/compare/main...{name}": (200, {"total_commits": ahead}),
        f"GET {at}/compare/{name}...main": (200, {"total_commits": behind}),
    }


KINDS = [
    Kind("github", "GITHUB_TOKEN", "", github, lambda name: f"DELETE /repos/acme/shop/git/refs/heads/{name}", "/repos/acme/shop"),
    Kind("gitlab", "GITLAB_TOKEN", "/api/v4", gitlab, lambda name: f"DELETE /api/v4/projects/acme%2Fshop/repository/branches/{quote(name, safe='')}", "/api/v4/projects/acme%2Fshop"),
    Kind("gitea", "GITEA_TOKEN", "/api/v1", gitea, lambda name: f"DELETE /api/v1/repos/acme/shop/branches/{name}", "/api/v1/repos/acme/shop"),
]  # fmt: skip
each = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)


class Pushed:
    """A run has pushed its branch, and no pull request came of it."""

    def __init__(self, instance: Instance, forge: Forge, kind: Kind, **more: object) -> None:
        self.instance, self.forge, self.kind = instance, forge, kind
        instance.conf["forges"] = f"127.0.0.1={kind.name}@{forge.here}{kind.api}"
        instance.write_conf()
        instance.ask("PATCH", "/project/settings", {"envVars": {kind.variable: TOKEN, "GIT_TOKEN": TOKEN}})
        self.flow = instance.workflow({"role": "custom", "agent": "edit"})
        self.run = self.another(**more)
        self.name = str(self.run["branchName"])
        self.head = forge.tip(self.name)
        self.branch = self.list(f"?runId={self.run['id']}")[0]
        forge.answers = {f"GET {kind.repository}": (200, {"default_branch": "main"})}

    def another(self, **more: object) -> Json:
        run = self.instance.start(self.flow, "live", githubRepoUrl=f"{self.forge.here}/acme/shop.git", **more)
        self.instance.drain()
        ended = self.instance.finish(run, "live")
        assert ended["pushStatus"] == "pushed", ended
        return ended

    def list(self, query: str = "") -> list[Json]:
        return list(self.instance.ask("GET", f"/branches{query}", mode="live")["data"])

    def is_like(self, head: str | None = None, protected: bool = False, ahead: int = 1, behind: int = 0) -> None:
        self.forge.answers |= self.kind.look(self.name, head or self.head, protected, ahead, behind)

    def ask(self, method: str = "DELETE", action: str = "") -> Json:
        return dict(self.instance.ask(method, f"/branches/{self.branch['id']}{action}", {} if method == "POST" else None, mode="live")["data"])

    def worked(self) -> Json:
        self.instance.drain()
        return self.ask("GET")

    def refused(self, method: str = "DELETE", action: str = "") -> str:
        with pytest.raises(Refused) as refused:
            self.ask(method, action)
        assert refused.value.status == 409, refused.value
        return str(refused.value.error["message"])

    def deletions(self) -> int:
        return sum(f"{method} {path}" == self.kind.delete(self.name) for method, path, _, _ in self.forge.api())


@contextmanager
def pushed(instance: Instance, kind: Kind, **more: object) -> Iterator[Pushed]:
    with served(instance) as forge:
        yield Pushed(instance, forge, kind, **more)
    assert TOKEN not in instance.log_text()


@each
def test_it_is_listed_looked_at_and_deleted(instance: Instance, kind: Kind) -> None:
    with pushed(instance, kind) as at:
        first = at.branch
        assert (first["name"], first["runId"], first["isOwn"], first["state"], first["headCommit"]) == (at.name, at.run["id"], True, "present", at.head), first
        assert (first["ahead"], first["behind"], first["merged"], first["refreshedAt"]) == (None, None, None, None)
        assert [one["id"] for one in at.list(f"?name={quote(at.name, safe='')}")] == [first["id"]] and at.list("?state=deleted") == []

        at.is_like(ahead=2, behind=3)
        assert at.ask("POST", "/refresh")["pendingAction"] == "refresh"
        seen = at.worked()
        assert (seen["ahead"], seen["behind"], seen["merged"], seen["isProtected"], seen["seenCommit"], seen["refreshError"]) == (2, 3, False, False, at.head, None), seen

        at.forge.answers[kind.delete(at.name)] = (204, "")
        assert at.ask()["pendingAction"] == "delete"
        assert at.deletions() == 0, "only a worker speaks with forges"
        gone = at.worked()
        assert (gone["state"], gone["pendingAction"], gone["actionError"]) == ("deleted", None, None), gone
        assert at.deletions() == 1 and at.ask()["state"] == "deleted", "it was deleted already"
        assert [one["id"] for one in at.list("?state=deleted")] == [first["id"]]


@pytest.mark.produces("BRANCH_PROTECTED", "FORGE_REFUSED")
@each
def test_what_is_protected_or_refused_stays_with_the_forges_reason(instance: Instance, kind: Kind) -> None:
    with pushed(instance, kind) as at:
        at.is_like(protected=True)
        at.ask()
        kept = at.worked()
        assert (kept["state"], kept["isProtected"]) == ("present", True) and "forge protects it" in kept["actionError"] and at.deletions() == 0, kept

        at.is_like()
        at.forge.answers[kind.delete(at.name)] = (403, {"message": "Cannot delete a branch of a rule"})
        at.ask()
        assert "403: Cannot delete a branch of a rule" in at.worked()["actionError"]


@pytest.mark.produces("BRANCH_MOVED")
@each
def test_what_somebody_else_has_pushed_stays(instance: Instance, kind: Kind) -> None:
    with pushed(instance, kind) as at:
        at.is_like(head="0123456789" * 4)
        at.ask()
        kept = at.worked()
        assert (kept["actionErrorCode"], kept["actionErrorParams"], kept["refreshErrorCode"]) == ("BRANCH_MOVED", {"commit": "012345678901"}, None)
        assert "It is at 012345678901, which no run" in kept["actionError"] and (kept["state"], at.deletions()) == ("present", 0), kept
        at.is_like(head="0123456789" * 4, ahead=0)
        at.forge.answers[kind.delete(at.name)] = (204, "")
        at.ask()
        assert at.worked()["state"] == "deleted", "nothing is lost: all of it is in the base"


@each
def test_one_that_is_gone_is_known_to_be_gone(instance: Instance, kind: Kind) -> None:
    with pushed(instance, kind) as at:
        at.ask("POST", "/refresh")
        assert at.worked()["state"] == "deleted", "its repository answers, and it does not"
        assert at.ask()["state"] == "deleted"


def test_one_that_was_there_before_is_not_ours_to_delete(instance: Instance) -> None:
    with served(instance) as forge:
        git("push", "--quiet", str(forge.folder / "acme" / "shop.git"), "main:topic", cwd=forge.folder / "source")
        at = Pushed(instance, forge, KINDS[0], branchName="topic")
        assert (at.branch["name"], at.branch["isOwn"]) == ("topic", False)
        assert "it was there before" in at.refused() and at.deletions() == 0


def test_one_that_is_in_use_stays(instance: Instance) -> None:
    with pushed(instance, KINDS[0]) as at:
        run = instance.start(at.flow, "live", githubRepoUrl=f"{at.forge.here}/acme/shop.git", branchName=at.name)
        assert "A run that is not over works on it" in at.refused()
        instance.ask("POST", f"/runs/{run}/cancel", mode="live")
        assert at.ask()["pendingAction"] == "delete"


def test_a_run_that_goes_on_with_it_is_no_other_branch(instance: Instance) -> None:
    with pushed(instance, KINDS[0]) as at:
        at.another(branchName=at.name)
        [branch] = at.list()
        assert (branch["id"], branch["runId"], branch["isOwn"], branch["headCommit"]) == (at.branch["id"], at.run["id"], True, at.forge.tip(at.name))


def test_its_pull_request_is_merged_or_closed_first_and_says_so(instance: Instance) -> None:
    with served(instance) as forge:
        it = Opened(instance, forge, PULLS[0])
        it.becomes()
        it.post("refresh")
        it.worked()
        [branch] = instance.ask("GET", "/branches", mode="live")["data"]
        with pytest.raises(Refused) as refused:
            instance.ask("DELETE", f"/branches/{branch['id']}", mode="live")
        assert "pull request #7 is open" in refused.value.error["message"]
        it.becomes(state="merged")
        forge.answers |= github(branch["name"], it.head, False, 1, 0)
        it.post("refresh")
        it.worked()
        instance.drain()
        seen = instance.ask("GET", f"/branches/{branch['id']}", mode="live")["data"]
        assert seen["merged"] is True and seen["ahead"] == 1, "squashed, it is merged all the same"


TROUBLE: dict[str, tuple[tuple[int, Any], str]] = {
    "wrong token": ((401, {"message": "Bad credentials"}), "401: Bad credentials"),
    "no right": ((403, {"message": "Forbidden"}), "403: Forbidden"),
    "gone": ((404, {"message": "Not Found"}), "404: Not Found"),
    "broken": ((503, "<html>oops"), "503"),
    "cut off": ((200, {"default_branch": "main"}), "did not answer"),
}  # fmt: skip


@pytest.mark.parametrize("trouble", TROUBLE)
def test_what_a_forge_refuses_is_said_and_changes_nothing(instance: Instance, trouble: str) -> None:
    answer, words = TROUBLE[trouble]
    with pushed(instance, KINDS[0]) as at:
        at.forge.answers["GET /repos/acme/shop"] = answer
        if trouble == "cut off":
            at.forge.cut.add("GET /repos/acme/shop")
        at.ask()
        kept = at.worked()
        assert words in kept["actionError"] and words in kept["refreshError"] and (kept["state"], kept["pendingAction"]) == ("present", None), kept
        assert kept["actionErrorCode"] == kept["refreshErrorCode"] == "FORGE_REFUSED" and kept["refreshErrorParams"] == {"detail": kept["refreshError"]}


def test_where_there_is_no_forge_it_says_so(instance: Instance) -> None:
    with pushed(instance, KINDS[0]) as at:
        del instance.conf["forges"]
        instance.write_conf()
        assert "none of the forges" in at.refused() and "none of the forges" in at.refused("POST", "/refresh")


def test_a_worker_looks_once_by_itself(instance: Instance) -> None:
    instance.own_clock()
    with pushed(instance, KINDS[0]) as at:
        at.is_like()
        before = len(at.forge.api())
        instance.let_pass(61)
        instance.drain()
        assert at.ask("GET")["ahead"] == 1 and len(at.forge.api()) > before
        before = len(at.forge.api())
        instance.let_pass(100000)
        instance.drain()
        assert len(at.forge.api()) == before


# ---- whether it may be pushed to, asked before anything is paid

RULES = "GET /repos/acme/shop/rules/branches"
GITLAB, GITEA = "GET /api/v4/projects/acme%2Fshop/repository/branches/topic", "GET /api/v1/repos/acme/shop/branches/topic"


def rule(kind: str) -> tuple[int, Any]:
    return 200, [{"type": "non_fast_forward", "ruleset_id": 1}, {"type": kind, "ruleset_id": 5}]


def set_of(bypass: str) -> dict[str, tuple[int, Any]]:
    return {"GET /repos/acme/shop/rulesets/5?includes_parents=true": (200, {"id": 5, "current_user_can_bypass": bypass})}


CLASSIC = {"lock_branch": {"enabled": False}, "required_pull_request_reviews": {"required_approving_review_count": 1}}
# Which forge, the branch that is asked for (one that is there or is not), what is answered, and why not; None: it may.
PROTECTED: dict[str, tuple[int, str | None, dict[str, tuple[int, Any]], str | None]] = {
    "a rule": (0, "topic", {f"{RULES}/topic?per_page=100": rule("pull_request")} | set_of("never"), "GitHub asks for a pull request for the branch topic"),
    "a rule for others": (0, "topic", {f"{RULES}/topic?per_page=100": rule("pull_request")} | set_of("always"), None),
    "no word of it": (0, "topic", {f"{RULES}/topic?per_page=100": rule("update")}, None),
    "nothing new": (0, "new", {f"{RULES}/new?per_page=100": rule("creation")} | set_of("never"), "GitHub lets nobody make a branch of that name, for the branch new"),
    "something old": (0, "topic", {f"{RULES}/topic?per_page=100": rule("creation")} | set_of("never"), None),
    "locked": (0, "topic", {"GET /repos/acme/shop/branches/topic/protection": (200, CLASSIC | {"lock_branch": {"enabled": True}, "enforce_admins": {"enabled": True}})}, "GitHub lets nobody push"),
    "reviews": (0, "topic", {"GET /repos/acme/shop/branches/topic/protection": (200, CLASSIC | {"enforce_admins": {"enabled": True}})}, "asks for a pull request"),
    "not of admins": (0, "topic", {"GET /repos/acme/shop/branches/topic/protection": (200, CLASSIC | {"enforce_admins": {"enabled": False}})}, None),
    "gitlab": (1, "topic", {GITLAB: (200, {"name": "topic", "protected": True, "can_push": False})}, "GitLab has a protection"),
    "gitlab, for others": (1, "topic", {GITLAB: (200, {"name": "topic", "protected": True, "can_push": True})}, None),
    "gitea": (2, "topic", {GITEA: (200, {"name": "topic", "protected": True, "user_can_push": False})}, "Gitea has a protection"),
    "broken": (2, "topic", {GITEA: (500, "oops")}, None),
    "no sense": (0, "topic", {f"{RULES}/topic?per_page=100": (200, {"type": "update"})}, None),
}  # fmt: skip


@pytest.mark.parametrize("case", PROTECTED)
def test_a_protected_branch_is_asked_for_before_anything_is_paid(instance: Instance, case: str) -> None:
    which, name, answers, why = PROTECTED[case]
    kind = KINDS[which]
    with served(instance) as forge:
        git("push", "--quiet", str(forge.folder / "acme" / "shop.git"), "main:topic", cwd=forge.folder / "source")
        instance.conf["forges"] = f"127.0.0.1={kind.name}@{forge.here}{kind.api}"
        instance.write_conf()
        instance.ask("PATCH", "/project/settings", {"envVars": {kind.variable: TOKEN, "GIT_TOKEN": TOKEN}})
        forge.answers = answers
        run = instance.start(instance.workflow({"role": "custom", "agent": "edit"}), "live", githubRepoUrl=f"{forge.here}/acme/shop.git", branchName=name)
        instance.drain()
        ended = instance.finish(run, "live")
        if why is None:
            assert (ended["status"], ended["pushStatus"]) == ("completed", "pushed"), ended
        else:
            assert (ended["status"], ended["errorCode"]) == ("failed", "PUSH_FORBIDDEN") and why in ended["error"], ended
            assert instance.steps(run, "live")[0]["status"] == "skipped"
    assert TOKEN not in instance.log_text()

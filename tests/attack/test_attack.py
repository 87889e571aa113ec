"""A hostile agent in a real run of a real worker, as root and as an ordinary account: nothing of what it tries gets through.

hostile/ is the agent; place.py plants what it looks for, and watches from outside.  `pytest -s` shows every attempt and how
it was refused.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from place import MADE_UP, Place

ACCOUNTS = ["root", "ordinary"] if os.geteuid() == 0 else ["ordinary"]


@pytest.fixture(params=ACCOUNTS)
def uid(request: pytest.FixtureRequest) -> int | None:
    return MADE_UP if request.param == "ordinary" and os.geteuid() == 0 else None


@pytest.fixture
def egress() -> str:
    return "list"


@pytest.fixture
def place(uid: int | None, egress: str) -> Iterator[Place]:
    made = Place(uid, egress=egress)
    try:
        yield made
    finally:
        made.close()


def judged(lines: list[str]) -> list[dict[str, str]]:
    """What the agent says of its attempts; it has come to its end, and none broke."""
    said = [json.loads(line) for line in lines if line.startswith('{"attempt"')]
    ends = [json.loads(line)["end"] for line in lines if line.startswith('{"end"')]
    assert ends == [len(said)] and len(said) > 300, (ends, len(said), lines[-3:])
    for one in said:
        print(f"{'THROUGH' if one['through'] else 'refused'}  {one['attempt']}: {one['through'] or one['refused']}")
    broken = [one for one in said if one["refused"].startswith(("NameError", "TypeError", "KeyError", "AttributeError"))]
    assert not broken, broken
    return said


@pytest.mark.parametrize("egress", ["open", "list", "none"])
def test_no_attempt_gets_through(place: Place, egress: str) -> None:
    ended, lines = place.attack("hostile")
    said = judged(lines)
    through = [f"{one['attempt']}: {one['through']}" for one in said if one["through"]]
    harm = place.harm()
    print(f"{len(through)} of {len(said)} attempts got through; harm: {harm}")
    assert not through and not harm, "\n".join([*through, *harm, f"{ended['status']} {ended['error']}", place.log_text()[-2000:]])
    assert ended["status"] == "completed", ended


# ---- leaving something behind


def git(*words: str | Path, cwd: Path | None = None) -> str:
    return subprocess.run(["git", "-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "safe.directory=*", *words], cwd=cwd, check=True,
                          capture_output=True, text=True, env=os.environ | {f"GIT_{who}_DATE": "2026-01-01T00:00:00Z" for who in ("AUTHOR", "COMMITTER")}).stdout  # fmt: skip


def remote(place: Place) -> Path:
    """A repository that runs may use: one commit on main, in which `nested` is another repository, so that git looks into it."""
    source, bare = place.folder / "source", place.folder / "remotes" / "repo.git"
    git("init", "-q", "-b", "main", source)
    git("init", "-q", source / "nested")
    git("commit", "-qm", "x", "--allow-empty", cwd=source / "nested")  # the agent makes the same one: git then asks whether it is changed
    (source / "a.txt").write_text("one\n")
    git("add", ".", cwd=source)
    git("commit", "-qm", "first", cwd=source)
    git("clone", "-q", "--bare", source, bare)
    for path in (bare.parent, bare, *bare.rglob("*")):
        place.own(path)
    return bare


def test_traps_in_the_tree_and_in_the_home_do_nothing_outside(uid: int | None) -> None:
    place = Place(uid)
    try:
        bare = remote(place)
        place.conf["localRepositories"] = str(bare.parent)
        place.write_conf()
        for words in ("only the traps", "only the traps, unborn"):  # the second one finds the first one's home
            ended, _ = place.attack("hostile", words, githubRepoUrl=str(bare))
            assert not place.harm(), (place.harm(), ended)
            assert ended["status"] == "completed" or len(str(ended["error"])) > 20, ended
            print(f"{ended['status']} {ended['error'] or ''} {ended['branchName']}")
        assert git("log", "-1", "--format=%s", "main", cwd=bare) == "first\n"
        for path in [Path(line.split("\t")[1]) for branch in git("branch", "--format=%(refname)", cwd=bare).split()
                     for line in git("ls-tree", "-r", branch, cwd=bare).splitlines()]:  # fmt: skip
            assert ".git/" not in str(path) and not path.is_absolute()
    finally:
        place.close()


def test_what_one_project_s_agent_leaves_in_its_home_no_other_project_s_finds(uid: int | None) -> None:
    place = Place(uid)
    try:
        place.attack("hostile", "only the traps", place.project("A"))
        _, lines = place.attack("hostile", "only the settings", place.project("B"))
        (said,) = [json.loads(line) for line in lines if line.startswith('{"attempt"')]
        assert said["through"] is None, said
    finally:
        place.close()


# ---- taking all there is

LIMITS = {"agentMemoryMb": 200, "agentProcesses": 60, "agentTmpMb": 16, "workspaceMb": 40, "workspaceFiles": 5000, "agentFileMb": 8, "runOutputMb": 4,
          "agentCpuSeconds": 5, "slots": 8}  # fmt: skip
# What is named by the reason for which the run fails; or, for a file system that is full, how much the agent may get of it.
GREED: dict[str, str | int] = {
    "tmp": 16, "shm": 16, "entries-tmp": 5000, "entries-shm": 5000, "segments": 130, "queues": 1,
    "workspace": "workspaceMb", "home": "workspaceMb", "deleted": "workspaceMb", "deleted-home": "workspaceMb",
    "entries": "workspaceFiles", "entries-home": "workspaceFiles", "forks": "agentProcesses",
    "memory": "agentMemoryMb", "memory-of-many": "agentMemoryMb", "shared": "agentMemoryMb", "memory-file": "agentMemoryMb",
    "output": "runOutputMb", "one-line": "runOutputMb", "errors": "runOutputMb", "file": "agentFileMb", "sparse": "agentFileMb", "processor": "agentCpuSeconds",
}  # fmt: skip


def wrong_end(place: Place, way: str, key: str, run: str) -> str:
    """What is wrong with how that ended; "": nothing."""
    ended, lines = place.finish(run, key), place.texts(run, key)
    told = [json.loads(line) for line in lines if line.startswith('{"got"')]
    got, why = (told[-1]["got"], told[-1]["why"]) if told else (0, "")
    bound = GREED[way]
    print(f"{way}: got {got} {why}: {ended['status']} {ended['error'] or ''}")
    if isinstance(bound, int):
        fine = 0 < got <= bound and "No space left" in why
    else:
        fine = ended["status"] == "failed" and bound in str(ended["error"])
    return "" if fine else f"{way}: got {got} {why}, {ended['status']}: {ended['error']}"


def test_greed_ends_within_bounds_and_with_a_reason(uid: int | None) -> None:
    place = Place(uid, **LIMITS)
    try:
        runs = {}
        for way in GREED:  # each in a project of its own: the home is a project's
            key = place.project(way)
            runs[way] = key, place.begin("glutton", f"way={way} .", key)
        doctor = place.command("doctor", "--data", str(place.data), check=False).stdout  # by a cgroup or by rlimits, as this machine has it
        print(*[line for line in doctor.splitlines() if "limits of agents" in line])
        place.drain()
        wrong = [said for said in (wrong_end(place, way, *run) for way, run in runs.items()) if said] + place.harm()
    finally:
        place.close()
    assert not wrong, "\n".join(wrong)

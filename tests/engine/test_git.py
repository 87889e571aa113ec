"""Git among hostile trees: what an agent may leave behind, and that none of it runs, hides or breaks anything outside."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from instance import ROOT, Instance, Json, together


def git(*words: str, cwd: Path) -> str:
    return subprocess.run(["git", *words], cwd=cwd, check=True, capture_output=True, text=True, errors="surrogateescape").stdout


class Place:
    """A repository with some files, and runs that work on it."""

    def __init__(self, instance: Instance, name: str = "remote.git") -> None:
        self.instance = instance
        self.remote, source = instance.folder / name, instance.folder / f"{name}.source"
        git("init", "--quiet", "--bare", "-b", "main", str(self.remote), cwd=instance.folder)
        git("init", "--quiet", "-b", "main", str(source), cwd=instance.folder)
        (source / "src").mkdir()
        for path in ("a.txt", "src/b.txt"):
            (source / path).write_text("one\n")
        git("add", ".", cwd=source)
        self.commit(source)
        git("push", "--quiet", str(self.remote), "main", cwd=source)

    def commit(self, source: Path) -> None:
        git("-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "-qm", "first", cwd=source)

    def go(self, script: str, **more: object) -> tuple[Json, list[str]]:
        """One run whose agent is this script; how it ended, and what git said."""
        self.instance.agent("agent", SHELL + script)
        flow = self.instance.workflow({"role": "custom", "agent": "agent"})
        run = self.instance.start(flow, "live", **({"githubRepoUrl": str(self.remote), "name": "Change"} | more))
        self.instance.drain()
        ended = self.instance.finish(run, "live")
        said = [e["data"]["text"] for e in self.instance.follow(run, "live") if e["type"] == "log" and e["data"]["stream"] == "git"]
        return ended, said

    def files(self, branch: str) -> list[str]:
        return sorted(name for name in git("ls-tree", "-rz", "--name-only", branch, cwd=self.remote).split("\0") if name)


SHELL = """import os, subprocess, sys
def sh(text):
    subprocess.run(["sh", "-c", text], check=True, env=os.environ | {"GIT_AUTHOR_NAME": "x", "GIT_AUTHOR_EMAIL": "x@x", "GIT_COMMITTER_NAME": "x", "GIT_COMMITTER_EMAIL": "x@x"})
"""


@pytest.fixture
def place(instance: Instance) -> Place:
    return Place(instance)


# ---- configuration that names a program

# Of a repository: what it says, and the files that bring it into play.  CANARY stands for a command.
CONFIGURATIONS = {
    "fsmonitor": "[core]\n\tfsmonitor = CANARY\n",
    "hooks": "[core]\n\thooksPath = hooks\n",
    "filter": '[filter "x"]\n\tclean = CANARY\n\tsmudge = CANARY\n\tprocess = CANARY\n\trequired = true\n',
    "textconv": '[diff "x"]\n\ttextconv = CANARY\n\tcommand = CANARY\n[diff]\n\texternal = CANARY\n',
    "merge": '[merge "x"]\n\tdriver = CANARY\n',
    "gpg": "[gpg]\n\tprogram = CANARY\n[commit]\n\tgpgSign = true\n[tag]\n\tgpgSign = true\n[push]\n\tgpgSign = true\n",
    "ssh": "[core]\n\tsshCommand = CANARY\n\taskPass = CANARY\n\teditor = CANARY\n\tpager = CANARY\n\talternateRefsCommand = CANARY\n",
    "credential": '[credential]\n\thelper = "!CANARY"\n[url "ext::CANARY"]\n\tinsteadOf = /\n\tpushInsteadOf = /\n',
    "alias": '[alias]\n\tadd = "!CANARY"\n\tcommit = "!CANARY"\n\tpush = "!CANARY"\n\tupdate-index = "!CANARY"\n',
    "include": "[include]\n\tpath = more\n",
    "pack": "[uploadpack]\n\tpackObjectsHook = CANARY\n[receive]\n\tprocReceiveRefs = refs\n[gc]\n\tauto = 1\n",
}

HOSTILE = """
config = {config!r}.replace("CANARY", {canary!r})
def poison(folder):
    open(folder + "/config", "a").write(config)
    open(folder + "/more", "w").write("[core]\\n\\tfsmonitor = " + {canary!r} + "\\n")
    os.makedirs(folder + "/hooks", exist_ok=True)
    os.makedirs(folder + "/info", exist_ok=True)
    open(folder + "/info/attributes", "w").write("* filter=x diff=x merge=x\\n")
    for name in ("pre-commit", "post-commit", "pre-push", "post-index-change", "reference-transaction", "post-checkout", "fsmonitor-watchman", "pre-auto-gc"):
        open(folder + "/hooks/" + name, "w").write("#!/bin/sh\\n" + {canary!r} + "\\n")
        os.chmod(folder + "/hooks/" + name, 0o755)
open(".gitattributes", "w").write("* filter=x diff=x merge=x\\n")
open("a.txt", "a").write("two\\n")
poison(".git")
sh("git init -q nested && echo n > nested/n.txt && git -C nested add . && git -C nested commit -qm n && git init -q none && echo m > none/m.txt")
poison("nested/.git")
poison("none/.git")
"""


@pytest.mark.parametrize("kind", CONFIGURATIONS)
def test_no_configuration_of_an_agents_runs_a_program_outside(place: Place, kind: str) -> None:
    """The canary writes where only the worker could; and inside, where git runs on the tree, it must not run either."""
    outside = place.instance.folder / "canary"
    outside.mkdir(mode=0o777)
    outside.chmod(0o777)
    canary = f"sh -c 'touch {outside}/ran; touch /out/ran; touch /kept/ran; cat >/dev/null; true'"
    ended, said = place.go(HOSTILE.format(config=CONFIGURATIONS[kind], canary=canary))
    assert ended["status"] == "completed", (ended, said)
    assert not list(outside.iterdir()), "a program that the agent named has run outside"
    assert not list(place.instance.data.rglob("ran")), "it has run where git looked at the tree"
    files = place.files(ended["branchName"])
    assert files == [".gitattributes", "a.txt", "nested/n.txt", "none/m.txt", "src/b.txt"], said
    assert sum("is a repository of its own" in text for text in said) == 2, said


# ---- odd trees: what the agent does, what is there in the end, and a word of what is said

TREES = {
    "a nested repository with a commit": ("sh('git init -q n && echo 1 > n/f && cd n && git add . && git commit -qm n')", ["n/f"], "its own"),
    "one without": ("sh('git init -q n && echo 1 > n/f')", ["n/f"], "its own"),
    "one that is empty": ("sh('git init -q n')", [], "its own"),
    "one in a folder that is tracked": ("sh('cd src && git init -q . && echo 1 > f')", ["src/f"], "its own"),
    "one within another": ("sh('git init -q n && git init -q n/m && echo 1 > n/m/f && echo 1 > n/g')", ["n/g", "n/m/f"], "its own"),
    "one that is ignored": ("sh('echo n > .gitignore && git init -q n && echo 1 > n/f')", [".gitignore"], ""),
    "a gitfile that leads nowhere": ("sh('mkdir n && echo gitdir: /nowhere > n/.git && echo 1 > n/f')", ["n/f"], "its own"),
    "a gitfile that leads out": ("sh('mkdir n && echo gitdir: /kept/kept.git > n/.git && echo 1 > n/f')", ["n/f"], "its own"),
    "alternates to elsewhere": ("sh('git init -q n && echo /mirror/mirror.git/objects > n/.git/objects/info/alternates && echo 1 > n/f')", ["n/f"], "its own"),
    "a link for its git directory": ("sh('mkdir n && ln -s /kept/kept.git n/.git && echo 1 > n/f')", ["n/f"], "its own"),
    "a socket": ("import socket\nsocket.socket(socket.AF_UNIX).bind('s')\nopen('f', 'w')", ["f"], "no file"),
    "a pipe": ("os.mkfifo('p')\nopen('f', 'w')", ["f"], "no file"),
    "a pipe where a file was": ("os.remove('a.txt')\nos.mkfifo('a.txt')\nopen('f', 'w')", ["f"], "no file"),
    "names like options": ("for n in ('-rf', '--all', '-'): open(n, 'w')", ["-", "--all", "-rf"], ""),
    "names of any bytes": ("for n in (b'a\\nb', b'\\xff\\xfe', b'\"', b'$(id)', b'*', b':(top)x', b' '): open(n, 'w')", None, ""),
    "links out of the tree": ("os.symlink('/etc/passwd', 'l')\nos.symlink('/kept', 'k')\nos.symlink('..', 'u')", ["k", "l", "u"], ""),
    "a folder that became a link": ("sh('rm -r src && ln -s /etc src')", ["src"], ""),
    "what cannot be read": ("sh('mkdir d d/e && echo 1 > d/e/f && chmod 0 d/e/f d/e d')", ["d/e/f"], ""),
    "a name that git refuses": ("sh('mkdir .GIT && echo 1 > .GIT/config && echo 1 > f')", ["f"], ".GIT"),
    "no .git any more": ("sh('rm -rf .git && echo 1 > f')", ["f"], ""),
    "a .git of another kind": ("sh('rm -rf .git && echo gitdir: /kept/kept.git > .git && echo 1 > f')", ["f"], ""),
    "another branch": ("sh('git checkout -q -b mine && git rm -q a.txt && git commit -qm mine && echo 1 > f')", ["f"], ""),
    "very deep": ("for i in range(60):\n    os.mkdir('d'); os.chdir('d')\nopen('f', 'w')", ["d/" * 60 + "f"], ""),
    "many files": ("os.mkdir('m')\nfor i in range(20000): open(f'm/{i}', 'w')", None, ""),
    "a submodule's folder": ("sh('git init -q n && cd n && git commit -q --allow-empty -m n && cd .. && git submodule add -q ./n n || true')", None, ""),
}


@pytest.mark.parametrize("tree", TREES)
def test_an_odd_tree_ends_well_and_loses_nothing_else(place: Place, tree: str) -> None:
    script, expected, words = TREES[tree]
    ended, said = place.go("open('src/b.txt', 'a').write('two\\n') if not os.path.islink('src') else 0\n" + script)
    assert ended["status"] == "completed", (ended, said)
    files = place.files(ended["branchName"])
    if expected is not None:
        assert set(expected) <= set(files), (files, said)
    assert "160000" not in git("ls-tree", "-r", ended["branchName"], cwd=place.remote), "an empty link"
    assert words in "\n".join(said)
    if "src" not in files:
        assert git("show", f"{ended['branchName']}:src/b.txt", cwd=place.remote) == "one\ntwo\n"
    assert git("fsck", "--strict", cwd=place.remote) == ""


# ---- what a clone does not hold

POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:" + "0" * 64 + "\nsize 9\n"


def grow(place: Place, files: dict[str, str], links: tuple[str, ...] = ()) -> None:
    """More in the repository: files, and submodules as what they are in a commit."""
    source = place.instance.folder / "remote.git.source"
    (source / ".git/info").mkdir(exist_ok=True)
    (source / ".git/info/attributes").write_text("* -filter\n")  # as written here, whatever this machine has installed
    for name, text in files.items():
        (source / name).write_text(text)
    git("add", "--all", cwd=source)
    for name in links:
        git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},{name}", cwd=source)
    place.commit(source)
    git("push", "--quiet", str(place.remote), "main", cwd=source)


def test_submodules_that_are_not_there_are_said_with_their_number(place: Place) -> None:
    grow(place, {}, ("lib/one", "lib/two", "three", "vier"))
    ended, said = place.go("open('a.txt', 'a').write(str(sorted(os.listdir('lib/one'))))")
    assert ended["status"] == "completed", (ended, said)
    assert [text for text in said if "ubmodule" in text] == [
        "Submodules are not fetched, their folders are empty (4): lib/one, lib/two, three, …. What the work needs of them must be in this repository."
    ]
    tree = git("ls-tree", "-r", ended["branchName"], cwd=place.remote)
    assert tree.count("160000 commit " + "1" * 40) == 4, "the links are as they were"


def test_files_of_lfs_are_said_to_be_pointers_and_stay_so(place: Place) -> None:
    grow(place, {".gitattributes": "*.bin filter=lfs diff=lfs merge=lfs -text\n", "a b.bin": POINTER, "raw.bin": "raw\n", "c.txt": POINTER})
    ended, said = place.go("open('a.txt', 'a').write('two\\n')")
    assert ended["status"] == "completed", (ended, said)
    assert [text for text in said if "LFS" in text] == [
        "Files of Git LFS are not fetched, here are their pointers alone (1): a b.bin. "
        "Work that needs what is in them must have them in the repository without LFS."
    ]
    assert git("show", f"{ended['branchName']}:a b.bin", cwd=place.remote) == POINTER


def test_a_changed_file_of_lfs_that_is_committed_raw_is_said(place: Place) -> None:
    """By the attributes as the run leaves them; not what was raw before, is a pointer still, or is nothing of LFS's."""
    grow(place, {".gitattributes": "*.bin filter=lfs\n", "a.bin": POINTER, "b.bin": POINTER, "gone.bin": POINTER, "raw.bin": "raw\n"})
    script = f"""
open("a.bin", "wb").write(b"\\0\\xff content")
open("b.bin", "w").write({POINTER!r}.replace("size 9", "size 8"))
os.remove("gone.bin")
open("src/new one.bin", "w").write("new")
open(".gitattributes", "a").write("*.dat filter=lfs\\n")
open("d.dat", "w").write("data")
open("e.txt", "w").write("text")
"""
    ended, said = place.go(script)
    assert ended["status"] == "completed", (ended, said)
    assert [text for text in said if text.startswith("Committed raw")] == [
        "Committed raw, not as pointers of Git LFS, though .gitattributes asks for it (3): a.bin, d.dat, src/new one.bin. "
        "Before the branch is merged, run 'git lfs migrate import --no-rewrite' with their names on it."
    ]
    assert {"a.bin", "b.bin", "d.dat", "src/new one.bin"} <= set(place.files(ended["branchName"]))


def test_of_a_repository_with_neither_nothing_is_said(place: Place) -> None:
    ended, said = place.go("open('a.bin', 'w').write('new')")
    assert ended["status"] == "completed" and not [text for text in said if "LFS" in text or "ubmodule" in text], said


# ---- whose branch


def test_two_projects_on_one_repository_do_not_meet(place: Place) -> None:
    """Both count their runs from one; the second one's project is in the way of nobody."""
    other = Instance()
    try:
        other.conf |= {"localRepositories": place.instance.folder}
        names = []
        for instance in (place.instance, other):
            place.instance, mine = instance, place.instance
            ended, _ = place.go("open('a.txt', 'a').write('two\\n')")
            place.instance = mine
            assert ended["status"] == "completed" and ended["runNumber"] == 1, ended
            names.append(ended["branchName"])
        assert len(set(names)) == 2 and all(name.startswith("cc/run-1-") for name in names)
        for name in names:
            assert git("log", "--format=%s", f"main..{name}", cwd=place.remote) == "Change\n"
    finally:
        other.close()


def test_a_commit_that_the_origin_has_already_is_pushed_all_the_same(place: Place) -> None:
    """Two runs that do the same in the same second make the same commit.  Here it is there whichever second it will be."""
    source = place.instance.folder / "remote.git.source"
    (source / "a.txt").write_text("one\ntwo\n")
    git("add", "a.txt", cwd=source)
    tree, main, now = git("write-tree", cwd=source).strip(), git("rev-parse", "main", cwd=source).strip(), int(time.time())
    who = "CodeCourier <codecourier@localhost>"
    commits = []
    for second in range(now, now + 120):
        message = "Change\n\nRun 1 of Flow.\n"
        commits.append(f"commit refs/heads/x{second}\nauthor {who} {second} +0000\ncommitter {who} {second} +0000\ndata {len(message)}\n{message}from {main}\nM 040000 {tree} \n\n")
    git("push", "--quiet", str(place.remote), f"{git('-c', 'user.name=A', '-c', 'user.email=a@example.org', 'commit-tree', '-m', 'x', tree, cwd=source).strip()}:refs/heads/tree", cwd=source)
    subprocess.run(["git", "fast-import", "--quiet"], cwd=place.remote, input="".join(commits), text=True, check=True)
    ended, said = place.go("open('a.txt', 'a').write('two\\n')")
    assert ended["status"] == "completed", (ended, said)
    assert git("log", "--format=%s", f"main..{ended['branchName']}", cwd=place.remote) == "Change\n"
    assert len(git("branch", "--points-at", ended["branchName"], cwd=place.remote).split()) == 2, "no commit was foreseen"


@pytest.mark.parametrize("branch", [None, "main"])
def test_a_run_that_changes_nothing_says_so_and_pushes_nothing(place: Place, branch: str | None) -> None:
    before = git("for-each-ref", cwd=place.remote)
    ended, _ = place.go("pass", **({"branchName": branch} if branch else {}))
    told = [e["data"]["text"] for e in place.instance.follow(ended["id"], "live") if e["type"] == "log" and e["data"]["stream"] == "worker"]
    assert ended["status"] == "completed" and f"The branch {ended['branchName']} was not pushed: nothing was changed." in told, told
    assert ended["pushStatus"] == "none" and ended["pushError"] is None
    assert git("for-each-ref", cwd=place.remote) == before


def test_a_branch_that_was_asked_for_is_gone_on_with(place: Place) -> None:
    git("branch", "topic", "main", cwd=place.remote)
    for number in (1, 2):
        ended, _ = place.go("open('a.txt', 'a').write('more\\n')", branchName="topic")
        assert ended["status"] == "completed" and ended["branchName"] == "topic"
        assert git("log", "--format=%s", "main..topic", cwd=place.remote) == "Change\n" * number


def moved(place: Place, branch: str, deed: Callable[[str], object], **more: object) -> tuple[Json, list[str]]:
    """A run while whose agent works somebody does that to the repository, with a commit of his own; and what the worker says of it."""
    tree = git("rev-parse", "main^{tree}", cwd=place.remote).strip()
    theirs = git("-c", "user.name=B", "-c", "user.email=b@example.org", "commit-tree", tree, "-p", "main", "-m", "theirs", cwd=place.remote).strip()
    done = threading.Event()

    def move() -> None:
        place.instance.until(run, "step.started", "live")
        deed(theirs)
        done.set()

    place.instance.agent("slow", "import time\nopen('a.txt', 'a').write('two\\n')\ntime.sleep(4)\n")
    run = place.instance.start(place.instance.workflow({"role": "custom", "agent": "slow"}), "live", githubRepoUrl=str(place.remote), branchName=branch)
    mover = threading.Thread(target=move)
    mover.start()
    place.instance.drain()
    mover.join()
    ended = place.instance.finish(run, "live")
    assert done.is_set()
    return ended, [e["data"]["text"] for e in place.instance.follow(run, "live") if e["type"] == "log" and e["data"]["stream"] == "worker"]


def test_a_branch_that_somebody_moved_meanwhile_is_left_alone_and_nothing_is_lost(place: Place) -> None:
    git("branch", "topic", "main", cwd=place.remote)
    ended, told = moved(place, "topic", lambda theirs: git("update-ref", "refs/heads/topic", theirs, cwd=place.remote))
    own = ended["branchName"]
    assert (ended["status"], ended["pushStatus"], ended["pushError"]) == ("completed", "pushed", None) and own.startswith("cc/run-1-"), ended
    assert f"The branch topic was moved while the run worked, so it was left alone: what was done is pushed as {own}." in told
    assert git("log", "-1", "--format=%s", "topic", cwd=place.remote) == "theirs\n" and git("show", f"{own}:a.txt", cwd=place.remote) == "one\ntwo\n"
    [branch] = place.instance.ask("GET", "/branches", mode="live")["data"]
    assert (branch["name"], branch["isOwn"]) == (own, True)


def test_a_branch_that_came_into_the_way_meanwhile_is_nobodys_loss(place: Place) -> None:
    def deed(theirs: str) -> None:
        git("update-ref", "refs/heads/topic/more", theirs, cwd=place.remote)
        git("update-ref", "refs/heads/cc", theirs, cwd=place.remote)

    ended, _ = moved(place, "topic", deed)
    assert ended["pushStatus"] == "pushed" and ended["branchName"].startswith("cc-run-1-"), ended
    assert git("show", f"{ended['branchName']}:a.txt", cwd=place.remote) == "one\ntwo\n"


@pytest.mark.parametrize(("there", "asked"), [("topic", "topic/more"), ("topic/more", "topic"), ("a/b", "a/b/c/d")])
def test_a_name_that_git_cannot_keep_beside_another_is_refused_before_anything_is_paid(place: Place, there: str, asked: str) -> None:
    git("branch", there, "main", cwd=place.remote)
    ended, _ = place.go("open('a.txt', 'a').write('two\\n')", branchName=asked)
    assert (ended["status"], ended["errorCode"]) == ("failed", "PUSH_FORBIDDEN") and f"no branch can be called {asked} where one is called {there}" in ended["error"], ended
    assert place.instance.steps(ended["id"], "live")[0]["status"] == "skipped"


def test_a_branch_called_cc_is_in_nobodys_way(place: Place) -> None:
    git("branch", "cc", "main", cwd=place.remote)
    ended, _ = place.go("open('a.txt', 'a').write('two\\n')")
    assert ended["status"] == "completed" and ended["branchName"].startswith("cc-run-1-"), ended


def test_a_default_branch_that_was_renamed_is_found(place: Place) -> None:
    assert place.go("open('a.txt', 'a').write('two\\n')")[0]["status"] == "completed"
    git("branch", "-m", "main", "trunk", cwd=place.remote)
    ended, said = place.go("open('a.txt', 'a').write('two\\n')")
    assert ended["status"] == "completed", (ended, said)
    assert git("log", "--format=%s", f"trunk..{ended['branchName']}", cwd=place.remote) == "Change\n"
    assert ended["pushStatus"] == "pushed" and ended["pushError"] is None


@pytest.mark.parametrize("fetched", [False, True], ids=["the first time", "when it was fetched before"])
def test_a_repository_whose_head_names_nothing_is_no_base(place: Place, fetched: bool) -> None:
    if fetched:
        assert place.go("open('a.txt', 'a').write('two\\n')")[0]["status"] == "completed"
    git("branch", "topic", "main", cwd=place.remote)
    git("symbolic-ref", "HEAD", "refs/heads/gone", cwd=place.remote)
    before = git("for-each-ref", cwd=place.remote)
    ended, _ = place.go("open('a.txt', 'a').write('two\\n')")
    assert ended["status"] == "failed" and "HEAD names no branch that exists" in ended["error"], ended
    assert "main topic" in ended["error"], ended
    assert git("for-each-ref", cwd=place.remote) == before


def test_a_branch_that_was_asked_for_needs_no_head(place: Place) -> None:
    git("branch", "topic", "main", cwd=place.remote)
    git("symbolic-ref", "HEAD", "refs/heads/gone", cwd=place.remote)
    ended, said = place.go("open('a.txt', 'a').write('two\\n')", branchName="topic")
    assert ended["status"] == "completed" and ended["branchName"] == "topic", (ended, said)


def test_a_detached_head_is_the_base(place: Place) -> None:
    first = git("rev-parse", "main", cwd=place.remote).strip()
    assert place.go("open('a.txt', 'a').write('two\\n')")[0]["status"] == "completed"
    newer = git("-c", "user.name=A", "-c", "user.email=a@example.org", "commit-tree", "-p", first, "-m", "second", "main^{tree}", cwd=place.remote)
    git("update-ref", "refs/heads/main", newer.strip(), cwd=place.remote)
    git("update-ref", "--no-deref", "HEAD", first, cwd=place.remote)
    ended, said = place.go("open('a.txt', 'a').write('two\\n')")
    assert ended["status"] == "completed", (ended, said)
    assert git("rev-parse", f"{ended['branchName']}^", cwd=place.remote).strip() == first


# ---- what must not leave

SECRET = "sk-0123456789abcdefXYZ"
HELD = {
    "a secret in a new file": ("open('src/c.txt', 'w').write('key = \"' + os.environ['API_KEY'] + '\"\\n')", "src/c.txt holds a value"),
    "one amid bytes": ("open('blob', 'wb').write(b'\\0\\xff' + os.environ['API_KEY'].encode() + b'\\0')", "blob holds a value"),
    "a name like an option": ("open('-f', 'w').write(os.environ['API_KEY'])", "-f holds a value"),
    "a file of settings": ("open('src/.env.local', 'w').write('A=1\\n')", "src/.env.local is a file of settings"),
}


@pytest.mark.parametrize("what", HELD)
@pytest.mark.produces("COMMIT_FAILED")
def test_what_must_not_leave_stops_the_push_with_the_files_name(place: Place, what: str) -> None:
    place.instance.ask("PATCH", "/project/settings", {"envVars": {"API_KEY": SECRET, "STAGE": "production"}})
    before = git("for-each-ref", cwd=place.remote)
    script, words = HELD[what]
    ended, _ = place.go(script)
    assert ended["status"] == ended["pushStatus"] == "failed" and words in ended["error"], ended
    assert SECRET not in str(ended) and git("for-each-ref", cwd=place.remote) == before


# One of git's programs that breaks when it is asked for the so-many-th time since the search began, and does as always else.
BREAKS = """#!/bin/sh
if [ -e "$HOME/secrets" ] && [ "$(basename "$GIT_DIR")" = kept.git ]; then
    echo "$1" >>{folder}/asked
    if [ "$(wc -l <{folder}/asked)" = {number} ]; then
        {how}
    fi
fi
exec {git} "$@"
"""
HOW = {
    "is killed": "kill -9 $$",
    "has no memory": "echo fatal: Out of memory, malloc failed >&2; exit 128",
    "finds objects damaged": """find "$GIT_DIR/objects" -type f | while read -r o; do chmod u+w "$o"; echo damaged >"$o"; done""",
    "finds no files": """cd "$GIT_DIR/objects"; for o in ??/*; do [ "$(GIT_DIR=.. {git} cat-file -t "$(echo $o | tr -d /)")" != blob ] || rm -f "$o"; done; cd - >&2""",
}
UNSEARCHED = "the changes could not be searched for secrets, so they are not pushed"
LEAKS = "open('src/c.txt', 'w').write(os.environ['API_KEY'])\n"


def test_a_git_that_breaks_in_the_search_for_secrets_pushes_nothing() -> None:
    """At each of its calls in turn, in each way; the changes hold a secret, which the search would have found."""
    calls = 5  # the start, two lists, the search, what was there before

    def breaks(instance: Instance, case: tuple[int, str]) -> None:
        number, how = case
        place = Place(instance)
        (wrapper := instance.folder / "path" / "git").parent.mkdir()
        wrapper.write_text(BREAKS.format(folder=instance.folder, number=number, how=HOW[how].replace("{git}", shutil.which("git") or ""), git=shutil.which("git")))
        wrapper.chmod(0o755)
        instance.conf["sandbox"] = "off"  # in one, git is the machine's
        instance.environment["PATH"] = f"{wrapper.parent}:{os.environ['PATH']}"
        instance.ask("PATCH", "/project/settings", {"envVars": {"API_KEY": SECRET}})
        before = git("for-each-ref", cwd=place.remote)
        ended, said = place.go(LEAKS)
        asked = (instance.folder / "asked").read_text().split()
        assert len(asked) >= number and set(asked) <= {"rev-parse", "diff-tree", "grep", "cat-file"}, asked
        assert (ended["status"], ended["pushStatus"], ended["errorCode"]) == ("failed", "failed", "COMMIT_FAILED"), ended
        assert git("for-each-ref", cwd=place.remote) == before and SECRET not in str(ended)
        if 1 < number < calls:
            assert UNSEARCHED in ended["error"], (ended, said)

    together(breaks, [(number, how) for number in range(1, calls + 1) for how in HOW])


def waits(place: Place, script: str) -> str:
    """A run of two steps, of which the first does that; it is in the second now, which waits for a file and changes nothing else."""
    instance = place.instance
    instance.agent("agent", SHELL + f"import time\nif not os.path.exists('.one'):\n    open('.one', 'w')\n    {script}\nelse:\n"
                   "    print('waits', flush=True)\n    while not os.path.exists('.go'): time.sleep(0.02)\n    os.remove('.go')\n")  # fmt: skip
    step = {"role": "custom", "agent": "agent"}
    run = instance.start(instance.workflow(step, step), "live", githubRepoUrl=str(place.remote))
    instance.worker()
    instance.until(run, "waits", "live")
    return run


def kept_object(place: Place, run: str, name: str) -> Path:
    kept = place.instance.data / "runs" / run / "kept" / "kept.git"
    oid = git(f"--git-dir={kept}", "rev-parse", f"refs/checkpoint:{name}", cwd=place.instance.folder).strip()
    return kept / "objects" / oid[:2] / oid[2:]


@pytest.mark.parametrize("damage", ["cut", "other bytes"])
def test_changes_that_were_damaged_before_they_were_searched_are_not_pushed(place: Place, damage: str) -> None:
    """In the sandbox, by what lies on the disk."""
    instance = place.instance
    instance.ask("PATCH", "/project/settings", {"envVars": {"API_KEY": SECRET}})
    before = git("for-each-ref", cwd=place.remote)
    run = waits(place, LEAKS.strip())
    blob = kept_object(place, run, "src/c.txt")
    data = blob.read_bytes()
    blob.chmod(0o644)
    blob.write_bytes(data[:-6] if damage == "cut" else bytes(len(data)))
    (instance.data / "runs" / run / "work" / ".go").touch()
    ended = instance.finish(run, "live")
    assert (ended["status"], ended["pushStatus"]) == ("failed", "failed") and UNSEARCHED in ended["error"], (ended, instance.log_text())
    assert git("for-each-ref", cwd=place.remote) == before


def test_a_search_that_has_no_room_for_its_lists_pushes_nothing(place: Place) -> None:
    place.instance.conf["agentTmpMb"] = 1
    place.instance.ask("PATCH", "/project/settings", {"envVars": {"API_KEY": SECRET}})
    before = git("for-each-ref", cwd=place.remote)
    ended, said = place.go(LEAKS + "os.mkdir('m')\nfor i in range(5000): open('m/' + 'n' * 200 + str(i), 'w')\n")
    assert (ended["status"], ended["pushStatus"]) == ("failed", "failed") and UNSEARCHED in ended["error"], (ended, said)
    assert git("for-each-ref", cwd=place.remote) == before


def test_what_was_there_before_and_what_is_no_secret_may_leave(place: Place) -> None:
    source = place.instance.folder / "remote.git.source"
    (source / "held").write_text(SECRET + "\n")
    (source / ".env").write_text("A=1\n")
    git("add", ".", cwd=source)
    place.commit(source)
    git("push", "--quiet", str(place.remote), "main", cwd=source)
    place.instance.ask("PATCH", "/project/settings", {"envVars": {"API_KEY": SECRET, "STAGE": "production"}})
    ended, _ = place.go("open('held', 'a').write('more\\n')\nopen('.env', 'a').write('B=2\\n')\nopen('.env.example', 'w').write('A=\\n')\nopen('c', 'w').write('production')")
    assert ended["status"] == "completed" and ended["pushStatus"] == "pushed", ended


# ---- the operator's own repositories


def test_nothing_of_a_local_repositorys_configuration_runs_outside(place: Place) -> None:
    outside = place.instance.folder / "canary"
    outside.mkdir()
    outside.chmod(0o777)
    for name in ("pre-receive", "update", "post-receive", "post-update", "reference-transaction", "proc-receive", "push-to-checkout"):
        hook = place.remote / "hooks" / name
        hook.write_text(f"#!/bin/sh\ntouch {outside}/{name} /repository/ran\n")
        hook.chmod(0o755)
    for name, value in (("core.fsmonitor", f"touch {outside}/f"), ("core.alternateRefsCommand", f"touch {outside}/a"), ("uploadpack.packObjectsHook", f"touch {outside}/u")):
        git("config", name, value, cwd=place.remote)
    ended, said = place.go("open('a.txt', 'a').write('two\\n')")
    assert ended["status"] == "completed", (ended, said)
    assert not list(outside.iterdir()) and not (place.remote / "ran").exists()


@pytest.mark.produces("LOCAL_REFUSED", "REPOSITORY_REFUSED")
def test_a_local_repository_is_judged_again_when_it_is_used(place: Place) -> None:
    """Between the door and the worker it became a symlink into the data directory."""
    run = place.instance.start(place.instance.workflow({"role": "custom", "agent": "rehearsal"}), "live", githubRepoUrl=str(place.remote))
    place.remote.rename(place.instance.folder / "was.git")
    (place.instance.data / "secret.git").mkdir()
    place.remote.symlink_to(place.instance.data / "secret.git")
    place.instance.drain()
    ended = place.instance.finish(run, "live")
    assert ended["status"] == "failed" and "localRepositories" in ended["error"], ended


class Accounts(threading.Thread):
    """Who runs git, as long as it is looked at."""

    def __init__(self, folder: Path) -> None:
        super().__init__(daemon=True)
        self.folder = folder  # other tests have theirs at work at the same time
        self.seen: set[tuple[str, int]] = set()
        self.done = False

    def run(self) -> None:
        while not self.done:
            for pid in filter(str.isdigit, os.listdir("/proc")):
                try:
                    words = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
                    where = os.readlink(f"/proc/{pid}/root")
                    if "/repository" in words and where == "/" and self.folder.name in Path(f"/proc/{pid}/mountinfo").read_text():
                        self.seen |= {(word, os.stat(f"/proc/{pid}").st_uid) for word in words if word in ("upload-pack", "receive-pack", "fetch", "clone", "push")}
                except OSError:
                    pass


@pytest.mark.skipif(os.geteuid() != 0, reason="there is nobody else to be")
@pytest.mark.parametrize("owner", [0, 12345])
def test_no_git_works_as_root_on_a_local_repository(place: Place, owner: int) -> None:
    """Root's own is lent to the project's account, and stays root's; another's is worked on by its owner."""
    for path in (place.remote, *place.remote.rglob("*")):
        os.chown(path, owner, owner)
    accounts = Accounts(place.instance.folder)
    accounts.start()
    for _ in range(2):
        ended, said = place.go("open('a.txt', 'a').write('two\\n')")
        assert ended["status"] == "completed", (ended, said)
    accounts.done = True
    accounts.join()
    mirrored = {path.stat().st_uid for path in place.instance.data.glob("repos/*/*/mirror/**/*")}
    uids = mirrored | {uid for _, uid in accounts.seen}  # what is quick is not seen on every machine
    assert mirrored and (uids == {owner} if owner else min(uids) >= 2000000000), (mirrored, accounts.seen)
    assert {path.stat().st_uid for path in place.remote.rglob("*")} == {owner}


# ---- hosts


@pytest.fixture
def silent() -> Iterator[int]:
    """A host that takes connections and says nothing."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


@pytest.mark.produces("FETCH_FAILED")
def test_a_silent_host_holds_a_slot_for_a_set_time(instance: Instance, silent: int) -> None:
    instance.conf |= {"gitTimeoutSeconds": 3, "privateHosts": f"127.0.0.1:{silent}"}
    instance.write_conf()
    run = instance.start(instance.workflow({"role": "custom", "agent": "rehearsal"}), "live", githubRepoUrl=f"http://127.0.0.1:{silent}/r.git")
    began = time.monotonic()
    instance.drain()
    assert time.monotonic() - began < 30
    assert "within 3 s" in instance.finish(run, "live")["error"]


@pytest.mark.produces("SSH_KEY_MISSING")
def test_a_repository_by_ssh_needs_a_key_of_the_projects_own(instance: Instance) -> None:
    run = instance.start(instance.workflow({"role": "custom", "agent": "rehearsal"}), "live", githubRepoUrl="git@git.example.org:acme/shop.git")
    instance.drain()
    assert "GIT_SSH_KEY" in instance.finish(run, "live")["error"]


@pytest.mark.produces("CLONE_FAILED")
def test_a_repository_that_is_too_large_names_the_setting(place: Place) -> None:
    source = place.instance.folder / "remote.git.source"
    for n in range(300):
        (source / f"{n}.txt").write_text("x")
    git("add", ".", cwd=source)
    place.commit(source)
    git("push", "--quiet", str(place.remote), "main", cwd=source)
    place.instance.conf["workspaceFiles"] = 200
    ended, _ = place.go("pass\n")
    assert ended["status"] == "failed" and "could not be cloned" in str(ended["error"]), ended
    assert "workspaceFiles" in str(ended["error"]), ended


def test_a_repository_may_fill_the_mirror_and_then_the_runs_directory(place: Place) -> None:
    """Each within its limit, though together they are beyond: the mirror outlives the run."""
    source = place.instance.folder / "remote.git.source"
    (source / "large").write_bytes(os.urandom(3 << 20))  # in the mirror, then in the tree, its .git and our own
    git("add", ".", cwd=source)
    place.commit(source)
    git("push", "--quiet", str(place.remote), "main", cwd=source)
    place.instance.conf["workspaceMb"] = 11
    ended, said = place.go("open('a.txt', 'a').write('two\\n')")
    assert ended["status"] == "completed", (ended, said)


def test_a_mirror_that_nobody_has_fetched_for_long_is_removed(place: Place) -> None:
    assert place.go("open('a.txt', 'a').write('two\\n')")[0]["status"] == "completed"
    repos = place.instance.data / "repos"
    (lock,) = repos.glob("*/*/lock")
    place.instance.drain()
    assert lock.exists()
    os.utime(lock, (0, 0))
    place.instance.drain()
    assert list(repos.iterdir()) == []


def test_a_deleted_project_leaves_no_files(place: Place) -> None:
    """Neither mirrors nor homes nor its runs' directories."""
    home = place.instance.folder / "agents"
    home.mkdir()
    (home / "settings").write_text("ours")
    place.instance.conf["agentHome"] = str(home)
    assert place.go("open('a.txt', 'a').write('two\\n')")[0]["status"] == "completed"
    folders = [place.instance.data / name for name in ("runs", "repos", "homes")]
    assert all(list(folder.iterdir()) for folder in folders), folders
    place.instance.drain()
    assert all(list(folder.iterdir()) for folder in folders), "as long as there is the project"
    place.instance.ask("DELETE", "/project", mode="live")
    place.instance.drain()
    assert [list(folder.iterdir()) for folder in folders] == [[], [], []]


@pytest.mark.parametrize("sandbox", ["bubblewrap", "off"])
def test_ssh_goes_through_the_proxy_with_the_projects_key_alone(instance: Instance, sandbox: str) -> None:
    """A host that hears ssh's first words, and ends there: that they come says that key, tunnel and proxy have been found."""
    instance.ask("PATCH", "/project/settings", {"envVars": {"GIT_SSH_KEY": "-----BEGIN OPENSSH PRIVATE KEY-----\nnone\n-----END OPENSSH PRIVATE KEY-----"}})
    heard = b""
    instance.programs = ROOT / "build"  # ssh's tunnel is our command under git's limits, which leave a sanitizer no room for its shadow
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        instance.conf |= {"privateHosts": f"127.0.0.1:{port}", "sandbox": sandbox}
        instance.write_conf()
        run = instance.start(instance.workflow({"role": "custom", "agent": "rehearsal"}), "live", githubRepoUrl=f"ssh://git@127.0.0.1:{port}/r.git")
        worker = instance.worker("--drain")
        server.settimeout(60)
        connection, _ = server.accept()
        with connection:
            connection.settimeout(10)
            heard = connection.recv(64)
        worker.wait(timeout=60)
    assert heard.startswith(b"SSH-2.0-"), heard
    assert "could not be fetched" in instance.finish(run, "live")["error"]
    assert not list(instance.data.rglob("key")), "the key stays on the disk"


def test_a_mirror_is_of_one_project_and_one_credential(instance: Instance) -> None:
    """No other's is found by guessing, and nothing of it is in an agent's sight."""
    place = Place(instance)
    ended, _ = place.go("open('a.txt', 'a').write('two\\n')\nprint(os.listdir('/'))\nsh('cat .git/config')")
    (project,) = (instance.data / "repos").iterdir()
    assert project.name.startswith("prj_") and len(list(project.iterdir())) == 1
    told = str(instance.texts(instance.ask("GET", "/runs", mode="live")["data"][0]["id"], "live"))
    assert str(instance.folder) not in told and "mirror" not in told, told
    assert os.stat(instance.data / "repos").st_mode & 0o77 == 0


# ---- what agents commit themselves


def log(place: Place, branch: str, what: str = "%an <%ae>|%cn <%ce>|%s") -> list[str]:
    return git("log", "--reverse", f"--format={what}", f"main..{branch}", cwd=place.remote).splitlines()


OURS = "CodeCourier <codecourier@localhost>|CodeCourier <codecourier@localhost>|"
COMMIT = "import subprocess\ndef run(*words):\n    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)\n"
TWICE = COMMIT + "for n in '23':\n    open('a.txt', 'a').write(n)\n    run('git', 'commit', '-qam', f'Add {n}\\n\\nBecause it was missing.')\n"


def test_an_agents_own_commits_are_kept_with_the_projects_identity(place: Place) -> None:
    ended, said = place.go(TWICE)
    assert ended["pushStatus"] == "pushed", (ended, said)
    assert log(place, ended["branchName"]) == [OURS + "Add 2", OURS + "Add 3"], "and none of ours, for nothing was left"
    assert git("log", "-1", "--format=%B", ended["branchName"], cwd=place.remote).strip() == "Add 3\n\nBecause it was missing."
    place.instance.ask("PATCH", "/project/settings", {"gitCommitName": "Ada", "gitCommitEmail": "ada@example.org"})
    ended, said = place.go(TWICE + "open('b.txt', 'w').write('left')\nrun('git', 'config', 'user.name', 'Somebody')\n")
    assert log(place, ended["branchName"], "%an <%ae>|%s") == ["Ada <ada@example.org>|Add 2", "Ada <ada@example.org>|Add 3", "Ada <ada@example.org>|Change"]
    assert place.files(ended["branchName"]) == ["a.txt", "b.txt", "src/b.txt"]


def test_the_commits_of_several_steps_are_one_line(place: Place) -> None:
    place.instance.agent("first", TWICE)
    place.instance.agent("second", TWICE.replace("Add", "Add once more") + "open('c.txt', 'w').write('left')\n")
    place.instance.agent("third", TWICE.replace("Add", "Too late"))
    flow = place.instance.workflow(*({"role": "custom", "agent": agent} for agent in ("first", "second", "third")))
    run = place.instance.start(flow, "live", githubRepoUrl=str(place.remote), name="Change")
    place.instance.drain()
    ended = place.instance.finish(run, "live")
    assert log(place, ended["branchName"], "%s") == ["Add 2", "Add 3", "Add once more 2", "Add once more 3", "Change"], "what was left lay between"
    assert git("show", f"{ended['branchName']}:a.txt", cwd=place.remote) == "one\n232323"


# What an agent does with its repository, and what is pushed of it besides what is in the tree.
UNCLEAN = {
    "a merge": "run('git', 'checkout', '-qb', 'x'); open('x', 'w').write('x'); run('git', 'add', '.'); run('git', 'commit', '-qm', 'x'); run('git', 'checkout', '-q', '-'); open('y', 'w').write('y'); run('git', 'add', '.'); run('git', 'commit', '-qm', 'y'); run('git', 'merge', '-q', '--no-edit', 'x')",
    "no parent": "run('git', 'checkout', '-q', '--orphan', 'x'); open('x', 'w').write('x'); run('git', 'add', '.'); run('git', 'commit', '-qm', 'x')",
    "an amended start": "open('x', 'w').write('x'); run('git', 'add', '.'); run('git', 'commit', '-q', '--amend', '-m', 'x')",
    "a nested repository": "run('git', 'init', '-q', 'n'); open('n/f', 'w').write('n'); run('git', '-C', 'n', 'add', '.'); run('git', '-C', 'n', 'commit', '-qm', 'n'); run('git', 'add', '.'); run('git', 'commit', '-qm', 'n')",
    "a head that is a link": "open('x', 'w').write('x'); run('git', 'add', '.'); run('git', 'commit', '-qm', 'x'); import os; os.rename('.git/HEAD', 'head'); os.symlink('../head', '.git/HEAD')",
    "a head that is a pipe": "open('x', 'w').write('x'); run('git', 'add', '.'); run('git', 'commit', '-qm', 'x'); import os; os.remove('.git/HEAD'); os.mkfifo('.git/HEAD')",
    "no objects": "open('x', 'w').write('x'); run('git', 'add', '.'); run('git', 'commit', '-qm', 'x'); import shutil; shutil.rmtree('.git/objects')",
    "a name": "open('x', 'w').write('x'); run('git', 'add', '.'); run('git', 'commit', '-qm', 'x'); open('.git/HEAD', 'w').write('ref: refs/heads/../../../../etc/passwd\\n')",
    "too many": "for n in range(101): run('git', 'commit', '-q', '--allow-empty', '-m', 'x')\nopen('x', 'w').write('x')",
}  # fmt: skip


@pytest.mark.parametrize("kind", UNCLEAN)
def test_what_is_no_plain_line_becomes_one_commit(place: Place, kind: str) -> None:
    ended, said = place.go(COMMIT + UNCLEAN[kind])
    assert ended["pushStatus"] == "pushed", (ended, said)
    assert log(place, ended["branchName"]) == [OURS + "Change"], said


def test_of_an_agent_that_commits_nothing_nothing_is_said(place: Place) -> None:
    place.instance.agent("first", "open('a.txt', 'a').write('2')\nprint('fine')\n")
    flow = place.instance.workflow({"role": "custom", "agent": "first"}, {"role": "custom", "agent": "first"})
    run = place.instance.start(flow, "live", githubRepoUrl=str(place.remote), name="Change")
    place.instance.drain()
    ended = place.instance.finish(run, "live")
    assert log(place, ended["branchName"], "%s") == ["Change"]
    assert not [text for text in place.instance.texts(run, "live") if "own commits" in text]


@pytest.mark.parametrize("where", ["file", "message", ".env"])
def test_commits_that_hold_what_must_not_leave_become_one_without_it(place: Place, where: str) -> None:
    place.instance.ask("PATCH", "/project/settings", {"envVars": {"PASSWORD": "hush-hush-1234567890"}})
    name = ".env" if where == ".env" else "x"
    text = "hush-hush-1234567890" if where == "file" else "x"
    message = "It is hush-hush-1234567890" if where == "message" else "First"
    ended, said = place.go(COMMIT + f"import os\nopen({name!r}, 'w').write({text!r})\nrun('git', 'add', '.')\nrun('git', 'commit', '-qm', {message!r})\nos.remove({name!r})\nopen('y', 'w').write('y')\nrun('git', 'add', '.')\nrun('git', 'commit', '-qm', 'Second')\n")
    assert ended["pushStatus"] == "pushed", (ended, said)
    assert log(place, ended["branchName"]) == [OURS + "Change"] and place.files(ended["branchName"]) == ["a.txt", "src/b.txt", "y"]
    assert any("not pushed one by one" in text for text in said) and "hush" not in str(said)
    assert subprocess.run(["git", "grep", "hush", *git("rev-list", "--all", cwd=place.remote).split()], cwd=place.remote, capture_output=True).returncode == 1

"""Git among hostile trees: what an agent may leave behind, and that none of it runs, hides or breaks anything outside."""

from __future__ import annotations

import os
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from instance import ROOT, Instance, Json


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


def test_a_branch_that_somebody_moved_meanwhile_is_left_alone(place: Place) -> None:
    git("branch", "topic", "main", cwd=place.remote)
    tree = git("rev-parse", "main^{tree}", cwd=place.remote).strip()
    theirs = git("-c", "user.name=B", "-c", "user.email=b@example.org", "commit-tree", tree, "-p", "main", "-m", "theirs", cwd=place.remote).strip()
    done = threading.Event()

    def move() -> None:
        place.instance.until(run, "step.started", "live")
        git("update-ref", "refs/heads/topic", theirs, cwd=place.remote)
        done.set()

    place.instance.agent("slow", "import time\nopen('a.txt', 'a').write('two\\n')\ntime.sleep(4)\n")
    run = place.instance.start(place.instance.workflow({"role": "custom", "agent": "slow"}), "live", githubRepoUrl=str(place.remote), branchName="topic")
    mover = threading.Thread(target=move)
    mover.start()
    place.instance.drain()
    mover.join()
    ended = place.instance.finish(run, "live")
    assert done.is_set() and ended["status"] == "failed" and "left alone" in ended["error"], ended
    assert git("rev-parse", "topic", cwd=place.remote).strip() == theirs


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
def test_what_must_not_leave_stops_the_push_with_the_files_name(place: Place, what: str) -> None:
    place.instance.ask("PATCH", "/project/settings", {"envVars": {"API_KEY": SECRET, "STAGE": "production"}})
    before = git("for-each-ref", cwd=place.remote)
    script, words = HELD[what]
    ended, _ = place.go(script)
    assert ended["status"] == ended["pushStatus"] == "failed" and words in ended["error"], ended
    assert SECRET not in str(ended) and git("for-each-ref", cwd=place.remote) == before


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

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.seen: set[tuple[str, int]] = set()
        self.done = False

    def run(self) -> None:
        while not self.done:
            for pid in filter(str.isdigit, os.listdir("/proc")):
                try:
                    words = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
                    where = os.readlink(f"/proc/{pid}/root")
                    if "/repository" in words and where == "/":
                        self.seen |= {(word, os.stat(f"/proc/{pid}").st_uid) for word in words if word in ("upload-pack", "receive-pack", "fetch", "clone", "push")}
                except OSError:
                    pass


@pytest.mark.skipif(os.geteuid() != 0, reason="there is nobody else to be")
@pytest.mark.parametrize("owner", [0, 12345])
def test_no_git_works_as_root_on_a_local_repository(place: Place, owner: int) -> None:
    """Root's own is lent to the project's account, and stays root's; another's is worked on by its owner."""
    for path in (place.remote, *place.remote.rglob("*")):
        os.chown(path, owner, owner)
    accounts = Accounts()
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


def test_a_silent_host_holds_a_slot_for_a_set_time(instance: Instance, silent: int) -> None:
    instance.conf |= {"gitTimeoutSeconds": 3, "privateHosts": f"127.0.0.1:{silent}"}
    instance.write_conf()
    run = instance.start(instance.workflow({"role": "custom", "agent": "rehearsal"}), "live", githubRepoUrl=f"http://127.0.0.1:{silent}/r.git")
    began = time.monotonic()
    instance.drain()
    assert time.monotonic() - began < 30
    assert "within 3 s" in instance.finish(run, "live")["error"]


def test_a_repository_by_ssh_needs_a_key_of_the_projects_own(instance: Instance) -> None:
    run = instance.start(instance.workflow({"role": "custom", "agent": "rehearsal"}), "live", githubRepoUrl="git@git.example.org:acme/shop.git")
    instance.drain()
    assert "GIT_SSH_KEY" in instance.finish(run, "live")["error"]


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

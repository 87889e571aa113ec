"""What a run has changed: shown file by file while it runs and when it has ended, whatever became of it."""

from __future__ import annotations


import subprocess

import pytest
from instance import Instance, Json, Refused
from test_git import Place, git


@pytest.fixture
def place(instance: Instance) -> Place:
    return Place(instance)


def changes(place: Place, run: str, query: str = "") -> Json:
    data: Json = place.instance.ask("GET", f"/runs/{run}/changes{query}", mode="live")["data"]
    return data


def test_what_was_changed_is_shown_file_by_file(place: Place) -> None:
    ended, _ = place.go("""
open('a.txt', 'a').write('two\\n')
os.remove('src/b.txt')
open('new', 'w').write('x\\ny\\n')
open('picture', 'wb').write(bytes(range(256)))
open('empty', 'w').close()
""")
    shown = changes(place, ended["id"])
    assert shown["baseCommit"] == git("rev-parse", "main", cwd=place.remote).strip()
    assert [(f["path"], f["change"], f["additions"], f["deletions"], f["isBinary"]) for f in shown["files"]] == [
        ("a.txt", "modified", 1, 0, False), ("empty", "added", 0, 0, False), ("new", "added", 2, 0, False),
        ("picture", "added", 0, 0, True), ("src/b.txt", "deleted", 0, 1, False),
    ]  # fmt: skip
    assert (shown["fileCount"], shown["additions"], shown["deletions"], shown["next"], shown["truncated"]) == (5, 3, 1, None, False)
    assert shown["files"][0]["patch"].endswith("@@ -1 +1,2 @@\n one\n+two\n") and not shown["files"][0]["truncated"]
    assert shown["files"][3]["patch"] is None
    assert [(c["position"], c["id"]) for c in shown["commits"]] == [(0, shown["headCommit"])]


def test_they_are_shown_in_pages_that_lose_nothing(place: Place) -> None:
    ended, _ = place.go("for i in range(60): open(f'f{i:02}', 'w').write('x\\n')")
    seen: list[str] = []
    after: int | None = 0
    while after is not None:
        page = changes(place, ended["id"], f"?limit=25&after={after}")
        assert page["fileCount"] == 60 and page["additions"] == 60 and len(page["files"]) <= 25
        seen += [file["path"] for file in page["files"]]
        after = page["next"]
    assert seen == [f"f{i:02}" for i in range(60)]


def test_a_long_patch_is_cut_and_says_so(place: Place) -> None:
    ended, _ = place.go("for i in range(20): open(f'f{i:02}', 'w').write('x' * 99 + '\\n' + 'yyyyyyy\\n' * 9999)")
    files = changes(place, ended["id"])["files"]
    assert all(file["truncated"] and file["additions"] == 10000 for file in files)
    assert sum(len(file["patch"] or "") for file in files) <= 1 << 20 and len(files[0]["patch"]) == 64 << 10
    assert files[-1]["patch"] is None


# What may stand in a tree, and the paths that are shown.
ODD = {
    "a patch in a file": ("open('p', 'w').write('diff --git a/x b/x\\n--- a/x\\n+++ b/x\\n@@ -1 +1 @@\\n-1\\n+2\\n')", ["p"]),
    "a file that becomes a link": ("os.remove('a.txt')\nos.symlink('src', 'a.txt')\nopen('b', 'w').write('b\\n')", ["a.txt", "b"]),
    "names of any bytes": ("for n in (b'a\\tb', b'\\xff', b'\"q\"', 'ü'.encode()): open(n, 'w').write('x\\n')", ['"q"', "a\tb", "ü", "\ufffd"]),
    "bytes that are no text": ("open('b', 'wb').write(b'\\xff\\xfe\\n')", ["b"]),
    "a mode alone": ("os.chmod('a.txt', 0o755)", ["a.txt"]),
    "attributes": ("open('.gitattributes', 'w').write('* diff=x -text\\n*.bin binary\\n')\nopen('t.bin', 'w').write('x\\n')", [".gitattributes", "t.bin"]),
    "nothing": ("pass", []),
}


@pytest.mark.parametrize("odd", ODD)
def test_an_odd_tree_is_shown_too(place: Place, odd: str) -> None:
    script, paths = ODD[odd]
    ended, _ = place.go(script)
    assert ended["status"] == "completed", ended
    shown = changes(place, ended["id"])
    assert [file["path"] for file in shown["files"]] == paths
    assert all(file["isBinary"] or file["patch"].startswith("diff --git ") for file in shown["files"])


def test_they_are_there_while_it_runs_and_when_a_step_has_failed(place: Place) -> None:
    instance = place.instance
    word = "import os, sys, time\nword = sys.argv[1].split('# Your step\\n')[1].split()[0]\nopen(word, 'w').write(word + '\\n')\n"
    instance.agent("agent", word + "print('wrote', flush=True)\nwhile word == 'two' and not os.path.exists('go'): time.sleep(0.05)\nsys.exit(word == 'two')\n")
    instance.conf["sandbox"] = "off"
    instance.write_conf()
    run = instance.start(instance.workflow(*({"role": "custom", "agent": "agent", "instructions": n} for n in ("one", "two"))), "live", githubRepoUrl=str(place.remote))
    instance.worker()
    instance.wait(lambda: instance.steps(run, "live")[1]["status"] == "running")
    assert [file["path"] for file in changes(place, run)["files"]] == ["one"]
    (instance.data / "runs" / run / "work" / "go").touch()
    assert instance.finish(run, "live")["status"] == "failed"
    assert [file["path"] for file in changes(place, run)["files"]] == ["go", "one", "two"]
    assert [file["path"] for file in changes(place, run, "?step=1")["files"]] == ["one"]
    assert [c["position"] for c in changes(place, run)["commits"]] == [0, 1]


def saved(place: Place, run: str, kind: str) -> tuple[bytes, bytes]:
    """Headers and body of what a client gets that wants a file."""
    instance = place.instance
    environment = {
        "CODECOURIER_DATA": str(instance.data), "GATEWAY_INTERFACE": "CGI/1.1", "REQUEST_METHOD": "GET", "REQUEST_URI": f"/api/v1/runs/{run}/changes",
        "REMOTE_ADDR": "127.0.0.1", "HTTP_AUTHORIZATION": "Bearer " + instance.keys["live"], "HTTP_ACCEPT": kind,
    }  # fmt: skip
    done = subprocess.run([instance.programs / "codecourier.cgi"], env=environment, capture_output=True, check=True)
    head, _, body = done.stdout.partition(b"\r\n\r\n")
    assert b"200 OK" in head and f"Content-Type: {kind}\r\n".encode() in head and b"X-Content-Type-Options: nosniff" in head, done.stdout[:2000]
    assert f"Content-Length: {len(body)}".encode() in head
    return head, body


def test_they_are_had_as_a_patch_and_as_a_bundle_that_make_the_same_tree(place: Place) -> None:
    """Though nothing could be pushed: there is no such repository any more."""
    place.instance.agent("agent", "import os, shutil\nopen('a.txt', 'a').write('two\\n')\nos.remove('src/b.txt')\nopen('picture', 'wb').write(os.urandom(9999))\n"
                               "os.symlink('a.txt', 'ü l')\nos.chmod('a.txt', 0o755)\n" f"shutil.rmtree({str(place.remote)!r})\n")  # fmt: skip
    place.instance.conf["sandbox"] = "off"
    place.instance.write_conf()
    run = place.instance.start(place.instance.workflow({"role": "custom", "agent": "agent"}), "live", githubRepoUrl=str(place.remote))
    place.instance.drain()
    assert place.instance.finish(run, "live")["status"] == "failed"
    source = place.instance.folder / "remote.git.source"
    head, bundle = saved(place, run, "application/x-git-bundle")
    assert b'Content-Disposition: attachment; filename="run-1.bundle"' in head
    (source / "bundle").write_bytes(bundle)
    git("fetch", "--quiet", "bundle", "refs/checkpoint:refs/heads/theirs", cwd=source)
    (source / "bundle").unlink()
    head, patch = saved(place, run, "text/x-diff")
    assert b'filename="run-1.patch"' in head
    subprocess.run(["git", "apply", "--index", "-"], input=patch, cwd=source, check=True)
    assert git("write-tree", cwd=source) == git("rev-parse", "theirs^{tree}", cwd=source)
    assert git("rev-parse", "theirs", cwd=source).strip() == changes(place, run)["headCommit"]


def test_what_is_not_kept_says_so(place: Place) -> None:
    place.instance.conf["checkpointMb"] = 0
    ended, _ = place.go("open('a.txt', 'a').write('two\\n')")
    shown = changes(place, ended["id"])
    assert shown["headCommit"] and not shown["isKept"] and shown["files"] == []


def test_another_modes_key_sees_none(place: Place) -> None:
    ended, _ = place.go("open('a.txt', 'a').write('two\\n')")
    with pytest.raises(Refused) as refused:
        place.instance.ask("GET", f"/runs/{ended['id']}/changes")
    assert refused.value.status == 404


def test_two_runs_are_compared(place: Place) -> None:
    """Of one task, by two agents: what both did alike, what both did otherwise, and what one of them did."""
    instance = place.instance
    alike = "open('both', 'w').write('same\\n')\nopen('a.txt', 'a').write('two\\n')\n"
    instance.agent("ada", alike + "open('z', 'w').write('1\\n2\\n')\nopen('src/c', 'w').write('x\\n')\n")
    instance.agent("bob", alike + "open('z', 'w').write('1\\n')\nos = __import__('os')\nos.remove('src/b.txt')\n")
    runs = []
    for agent in ("ada", "bob"):
        flow = instance.workflow({"role": "custom", "agent": agent, "instructions": "Do it."})
        runs.append(instance.start(flow, "live", githubRepoUrl=str(place.remote), name=agent))
    instance.drain()
    data = instance.ask("GET", f"/runs/{runs[0]}/comparison/{runs[1]}", mode="live")["data"]
    assert data["isSameBase"] and not data["truncated"]
    first, second = data["first"], data["second"]
    assert (first["agents"], second["agents"], first["steps"], first["rounds"]) == (["ada"], ["bob"], 1, 1)
    assert (first["fileCount"], first["additions"], first["deletions"]) == (4, 5, 0)
    assert (second["fileCount"], second["additions"]) == (4, 3)
    assert [(f["path"], f["changedBy"], f["isSame"], f["firstAdditions"], f["secondAdditions"]) for f in data["files"]] == [
        ("a.txt", "both", True, 1, 1), ("both", "both", True, 1, 1), ("src/b.txt", "second", False, 0, 0), ("src/c", "first", False, 1, 0), ("z", "both", False, 2, 1),
    ]  # fmt: skip
    other_way = instance.ask("GET", f"/runs/{runs[1]}/comparison/{runs[0]}", mode="live")["data"]
    assert other_way["first"] == second and [f["path"] for f in other_way["files"]] == [f["path"] for f in data["files"]]
    printed = instance.command("run", "compare", *runs, "--data", str(instance.data)).stdout
    assert "ada" in printed and "bob" in printed
    assert [line.split() for line in printed.splitlines()][-5:-3] == [["+1", "-0", "+1", "-0", "=", "a.txt"], ["+1", "-0", "+1", "-0", "=", "both"]]

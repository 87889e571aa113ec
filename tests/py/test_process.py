"""Threads, forks, two SQLite libraries, and what is left when nobody looks: memory, references, threads."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import places
import pytest

import codecourier
from codecourier import _core, _local


def test_eight_threads_on_one_client(service: places.Service) -> None:
    cc = service.client

    def work(n: int) -> None:
        for m in range(12):
            made = cc.issues.create(title=f"{n}/{m}")
            assert cc.issues.get(made.id).title == f"{n}/{m}"
            assert cc.whoami().name == "tests"
            with pytest.raises(codecourier.NotFound):
                cc.runs.get("run_abc")
            cc.issues.delete(made.id)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))


def test_closing_under_eight_threads(tmp_path: Path) -> None:
    cc = codecourier.open(tmp_path / "my.db")
    ended: list[BaseException] = []

    def work() -> None:
        try:
            while True:
                cc.workflows.list()
        except ValueError as error:
            ended.append(error)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for one in threads:
        one.start()
    time.sleep(0.1)
    cc.close()
    for one in threads:
        one.join(10)
    assert [str(one) for one in ended] == ["this instance is closed"] * 8


def test_the_interpreter_goes_on_while_the_core_waits(tmp_path: Path) -> None:
    """A write waits for another writer's lock, without the GIL."""
    with codecourier.open(tmp_path / "my.db") as cc:
        other = sqlite3.connect(tmp_path / "my.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        writer = threading.Thread(target=lambda: cc.issues.create(title="waits"))
        writer.start()
        for _ in range(50):
            time.sleep(0.001)
        assert writer.is_alive()
        other.execute("COMMIT")
        other.close()
        writer.join(10)
        assert cc.issues.list(q="waits")[0].title == "waits"


def test_a_long_poll_keeps_nobody_else_waiting(service: places.Service) -> None:
    cc = service.client
    run = cc.runs.start(workflow_id=cc.workflows.list()[0].id)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(cc.runs.events, run.id, after=1, wait=20)
        time.sleep(0.2)
        for _ in range(3):
            assert cc.whoami().name == "tests"
        assert not waiting.done()
        cc.runs.cancel(run.id)
        assert [event.data["status"] for event in waiting.result(60)] == ["cancelled"]


def in_child(function: Callable[[], str]) -> str:
    """What the function says in a forked child."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            said = function()
        except BaseException as error:
            said = f"{type(error).__name__}: {error}"
        os.write(write, said.encode()[:4000])
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as pipe:
        said = pipe.read()
    assert os.waitpid(child, 0)[1] == 0
    return said


@pytest.mark.parametrize("left", ["my.db-key", "my.db-wal", "my.db-hot"])
def test_a_database_missing_beside_what_is_left_of_it_is_not_begun_anew(tmp_path: Path, left: str) -> None:
    codecourier.open(tmp_path / "my.db").close()
    for file in tmp_path.iterdir():
        if file.name != left:
            file.unlink()
    (tmp_path / left).touch()
    with pytest.raises(codecourier.OpenError, match=f"is missing, but .*{left} lies beside it"):
        codecourier.open(tmp_path / "my.db")
    assert not (tmp_path / "my.db").exists()


def test_files_that_are_lost_are_noticed_and_opened_anew(tmp_path: Path) -> None:
    with codecourier.open(tmp_path / "my.db") as cc:
        cc.issues.create(title="kept")
        (tmp_path / "my.db-wal").unlink()
        with pytest.raises(codecourier.Unavailable):
            cc.issues.create(title="not told of")
        time.sleep(1.1)
        cc.issues.create(title="after")
        assert sorted(issue.title for issue in cc.issues.list()) == ["after", "kept"]
        assert cc.health().status == "ok"


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_fork_while_another_thread_is_inside_is_noticed(tmp_path: Path) -> None:
    """The other thread waits for storage and so has the instance's lock, which in the child nobody gives back."""
    with codecourier.open(tmp_path / "my.db") as cc:
        other = sqlite3.connect(tmp_path / "my.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        writer = threading.Thread(target=lambda: cc.issues.create(title="waits"))
        writer.start()
        time.sleep(0.2)

        def tried() -> str:
            signal.alarm(10)
            with pytest.raises(codecourier.ForkError):
                cc.whoami()
            cc.close()
            return "noticed"

        try:
            assert writer.is_alive() and in_child(tried) == "noticed"
            context = multiprocessing.get_context("fork")
            process = context.Process(target=cc.close)
            process.start()
            process.join(10)
            ended = process.exitcode
            process.kill()  # one that hangs would keep our output open for ever
            assert ended == 0
        finally:
            other.execute("COMMIT")
            other.close()
            writer.join(10)
        assert cc.issues.list(q="waits")[0].title == "waits"


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_local_instance_does_not_cross_a_fork(tmp_path: Path) -> None:
    with codecourier.open(tmp_path / "my.db", "quickstart") as cc:
        assert in_child(lambda: str(cc.whoami())).startswith("ForkError: this instance was opened before fork()")
        assert in_child(lambda: str(cc.close())) == "None", "to close it there is fine, and does nothing"

        def anew() -> str:
            with codecourier.open(tmp_path / "my.db", "quickstart") as own:
                return own.issues.create(title="from the child").title

        assert in_child(anew) == "from the child"
        assert cc.issues.list()[0].title == "from the child"
        assert sqlite3.connect(tmp_path / "my.db").execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_over_http_a_child_gets_connections_of_its_own(web: places.Service) -> None:
    assert web.client.whoami().name == "tests"
    assert in_child(lambda: web.client.whoami().name) == "tests"
    assert web.client.whoami().name == "tests"


# ---- two SQLite libraries


def test_built_here_it_is_the_library_of_pythons_sqlite3() -> None:
    import _sqlite3

    if not getattr(_sqlite3, "__file__", None):
        pytest.skip("this Python has its sqlite3 built in")
    assert _core.sqlite_seen_by(str(_core.__file__)) != 0
    assert not _local.two_sqlites()


def test_the_same_library_may_share_a_file(tmp_path: Path) -> None:
    with codecourier.open(tmp_path / "my.db") as cc, sqlite3.connect(tmp_path / "my.db") as other:
        assert other.execute("SELECT count(*) FROM workflows").fetchone() == (len(cc.workflows.list()),)
    other.close()


TWO = """
import os, sqlite3, sys
import codecourier
from codecourier import _local
_local.two_sqlites = lambda: True
path = sys.argv[1]
codecourier.open(path).close()
other = sqlite3.connect(path)
other.execute("SELECT count(*) FROM workflows").fetchall()
try:
    codecourier.open(path)
    print("opened a file that is open")
except codecourier.SqliteConflict as error:
    print("refused", error)
other.close()
with codecourier.open(path) as cc:
    with codecourier.open(path) as again:
        for name in (path, os.fsencode(path), "file:" + path + "?mode=ro", os.path.join(os.path.dirname(path), ".", "my.db")):
            try:
                sqlite3.connect(name, uri=isinstance(name, str) and name.startswith("file:"))
                print("connected to a file that is open")
            except codecourier.SqliteConflict as error:
                print("refused", error)
    sqlite3.connect(":memory:").close()
    sqlite3.connect(path + "-other").close()
sqlite3.connect(path).close()
print("done")
"""


def test_two_libraries_on_one_file_are_refused(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", TWO, tmp_path / "my.db"], capture_output=True, text=True)
    lines = done.stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["refused"] * 5 + ["done"], done.stdout + done.stderr
    assert "would corrupt it" in lines[0] and "from source" in lines[0]


# ---- nothing is left behind


def test_no_reference_is_leaked() -> None:
    """In a process of its own: here are servers' threads, whose memory comes and goes."""
    done = subprocess.run([sys.executable, places.ROOT / "tests" / "py" / "leaks.py"], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "fine\n"), done.stdout + done.stderr


def test_a_scan_of_many_pages_keeps_none_of_them(cc: codecourier.Client) -> None:
    for n in range(300):
        cc.issues.create(title=f"{n}", description="x" * 1000)
    page = cc.issues.list(limit=3)
    iterator = iter(page)
    for _ in range(30):
        next(iterator)
    gc.collect()
    before = sys.getallocatedblocks()
    for _ in range(250):
        next(iterator)
    gc.collect()
    assert sys.getallocatedblocks() - before < 500


# All else is loaded by the first call that needs it: that keeps an import short (make bench has the figure).  unicodedata: to compile \N{…}.
OWN = {"_abort", "_actions", "_call", "_client", "_core", "_errors", "_generated", "_http", "_local", "_model", "_page", "_texts"}
STANDARD = "__future__, collections.abc, contextlib, datetime, functools, importlib, re, threading, types, typing, unicodedata, urllib.parse, weakref"


def test_importing_adds_no_thread_and_no_heavy_module() -> None:
    code = f"import sys, {STANDARD}; before = set(sys.modules); import codecourier; print(threading.active_count(), *set(sys.modules) - before)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    threads, *loaded = done.stdout.split()
    assert threads == "1"
    assert set(loaded) == {"codecourier", *(f"codecourier.{name}" for name in OWN)}


def test_the_cores_words_go_to_logging(tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "my.db"
    codecourier.open(path).close()
    damage = "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute('DROP TABLE personas')"
    subprocess.run([sys.executable, "-c", damage, path], check=True)
    with caplog.at_level("INFO", "codecourier"), codecourier.open(path) as cc, pytest.raises(codecourier.ApiError) as refused:
        cc.personas.list()
    assert any("no such table" in one.message for one in caplog.records)
    assert "personas" not in str(refused.value)
    assert capfd.readouterr().err == ""


def test_what_cannot_be_opened_says_why(tmp_path: Path) -> None:
    with pytest.raises(codecourier.OpenError, match="There is no database") as refused:
        codecourier.open(tmp_path / "none.db", create=False)
    assert refused.value.code == "NOT_FOUND"
    (tmp_path / "text.db").write_text("This is not a database. " * 100)
    with pytest.raises(codecourier.OpenError):
        codecourier.open(tmp_path / "text.db")
    with codecourier.open(tmp_path / "my.db", "One"), codecourier.open(tmp_path / "my.db", "Two") as two:
        assert two.project.get().slug == "two"
    with pytest.raises(codecourier.ConfigurationError, match="'one', 'two'"):
        codecourier.open(tmp_path / "my.db")
    with pytest.raises(codecourier.ConfigurationError, match="create=False"):
        codecourier.open(tmp_path / "my.db", "three", create=False)
    with pytest.raises(codecourier.ConfigurationError, match="cannot be made"):
        codecourier.open(tmp_path / "my.db", "x" * 200)


def test_the_extension_exports_nothing_but_its_init_function() -> None:
    done = subprocess.run(["nm", "-D", "--defined-only", str(_core.__file__)], capture_output=True, text=True, check=True)
    assert [line.split()[-1] for line in done.stdout.splitlines()] == ["PyInit__core"]


def test_fcgi2_is_not_linked() -> None:
    done = subprocess.run(["readelf", "-d", str(_core.__file__)], capture_output=True, text=True, check=True)
    assert "libsqlite3" in done.stdout and "libfcgi" not in done.stdout

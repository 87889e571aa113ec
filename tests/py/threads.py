"""Eight threads do at once, and to the same objects, whatever can be done: threads.py [SECONDS]

For Pythons without a global lock first of all, but any will do.  Prints "fine", or the exceptions there were.
"""

import gc
import random
import sys
import sysconfig
import tempfile
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import codecourier
from codecourier import _core

failed: list[BaseException] = []


def together(work: Callable[[int], None]) -> None:
    def guarded(n: int) -> None:
        try:
            work(n)
        except BaseException as error:
            traceback.print_exc()
            failed.append(error)

    threads = [threading.Thread(target=guarded, args=(n,)) for n in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()


def main(seconds: float) -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "codecourier.conf").write_text("rateBurst = 1000000\n")
        path = Path(folder, "my.db")
        with codecourier.open(path, "quickstart") as cc:
            app = _core.App(path, False, None)
            everything(cc, app, path, time.monotonic() + seconds)
            closed_meanwhile(app)


def everything(cc: codecourier.Client, app: _core.App, path: Path, end: float) -> None:
    own = cc.project.get().id
    run = cc.runs.start(workflow_id=cc.workflows.list()[0].id)
    page = cc.workflows.list(limit=1)
    rows: list[dict[str, Any]] = [{"id": str(n), "name": "x" * n} for n in range(200)]
    stream: list[_core.Stream | None] = [None]

    def write() -> None:
        cc.issues.delete(cc.issues.create(title="x").id)

    def read() -> None:
        assert cc.whoami().name == "local owner" and len([one.name for one in page]) == 2

    def refused() -> None:
        with suppress(codecourier.NotFound):
            cc.runs.get("run_abc")

    def look() -> None:
        assert repr(run) and hash(run) and run.to_dict() and run.created_at and run == cc.runs.get(run.id)

    def records() -> None:
        with suppress(IndexError):  # another thread shortens the list
            _core.records(codecourier.Run, rows, None)

    def change() -> None:
        rows.append({"id": "n"})
        rows.pop()

    def begin() -> None:
        stream[0] = app.begin("GET", f"/api/v1/runs/{run.id}/events", (("Accept", "text/event-stream"),), None, own, None)[3]

    def listen() -> None:
        one = stream[0]
        if one is not None:
            with suppress(ValueError):  # another thread waits for it
                next(one, None)
                one.close()

    def again() -> None:
        with codecourier.open(path, "quickstart") as other:
            other.whoami()

    def other() -> None:
        assert app.projects() and app.setting("busyMs") and repr(app) and not app.closed
        app.tick()

    def parse() -> None:
        assert len(_core.loads(b'[{"a":1,"b":"c"},{"a":2,"b":"c"}]')) == 2

    jobs = [write, read, refused, look, records, change, begin, listen, again, other, parse, gc.collect]

    def work(n: int) -> None:
        choice = random.Random(n)
        while time.monotonic() < end:
            choice.choice(jobs)()

    together(work)


def closed_meanwhile(app: _core.App) -> None:
    def work(n: int) -> None:
        if n == 0:
            time.sleep(0.2)
            app.close()
        while not app.closed:
            with suppress(ValueError):
                app.request("GET", "/api/v1/health", None, None, None, None)

    together(work)


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 5)
    if sysconfig.get_config_var("Py_GIL_DISABLED"):
        assert not getattr(sys, "_is_gil_enabled")(), "something turned the lock on again"
    print("fine" if not failed else f"{len(failed)} threads failed")

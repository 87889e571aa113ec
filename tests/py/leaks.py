"""Does what the package can do leave anything behind?  Each job is done a few hundred times.  Prints "fine", or what grew.

Nothing else happens in this process, so the counts of blocks and references stand still, however loaded the machine is; a leak of
one block or reference a round would be 300.  The interpreter itself remembers the names of attributes that C code has looked up
(re.sub does so with a fresh string each time), up to 4,096 of them, in places that depend on their addresses: that memory is
emptied before counting.
"""

import gc
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import places

import codecourier
from codecourier import _core, _generated

ROUNDS, WARM, FEW = 300, 30, 8
COUNTED = (None, True, codecourier.Run, codecourier.Page, _core.App, _core.Record)


def settle(job: Callable[[], Any], times: int) -> tuple[int, int]:
    """Blocks and references there are when it has been done so many times."""
    for _ in range(times):
        job()
    sys._clear_type_cache()
    gc.collect()
    return sys.getallocatedblocks(), sum(sys.getrefcount(one) for one in COUNTED)


def refused(function: Callable[[], Any], kind: type[BaseException]) -> None:
    try:
        function()
    except kind:
        return
    raise AssertionError(f"{kind.__name__} was not raised")


def jobs_of(cc: codecourier.Client, path: Path) -> dict[str, Callable[[], Any]]:
    flow = cc.workflows.list()[0].id
    app = _core.App(path, False, None)
    own, waiting = cc.project.get().id, cc.runs.start(workflow_id=flow).id
    cc.runs.cancel(waiting)

    key = cc.keys.create(name="reader", scopes=[one.replace(":write", ":read") for one in places.EVERYTHING]).key
    reader = codecourier.open(path, key=key)
    calls = [places.any_call(reader, one) for one, _, _ in _generated.OPERATIONS if not one.startswith("session.")]

    def every_method() -> None:
        """Of a key that may only read, so that nothing is changed."""
        for method, positional, given in calls:
            with suppress(codecourier.ApiError):
                method(*positional, **given)

    def begun() -> Any:
        return app.begin("GET", f"/api/v1/runs/{waiting}/events", (("Accept", "text/event-stream"),), None, own, None)[3]

    return {
        "whoami": cc.whoami,
        "list": lambda: [one.name for one in cc.workflows.list(limit=1)],
        "members": lambda: [cc.workflows.get(flow).steps, cc.workflows.get(flow).created_at, repr(cc.whoami())],
        "every method": every_method,
        "refused": lambda: refused(lambda: cc.runs.get("run_abc"), codecourier.NotFound),
        "write": lambda: cc.issues.delete(cc.issues.create(title="x").id),
        "follow": lambda: list(cc.runs.get(waiting).follow()),
        "broken json": lambda: refused(lambda: _core.loads(b'{"a":[1,2,{"b":"c"}],"a":"\\n\\u00e9","d":x}'), ValueError),
        "json": lambda: _core.loads('{"a":[1,2.5,{"b":"c"}],"a":"\\n\\u00e9ü","d":123456789012345678901234567890}'.encode()),
        "raw": lambda: app.request("POST", "/api/v1/x", (("Accept", "x"),), b"{}", None, None, 5),
        "stream": lambda: next(iter(begun()), None),
        "stream closed": lambda: begun().close(),
        "wrong arguments": lambda: refused(lambda: app.request("GET", "/", (("x",),), None, None, None), TypeError),  # type: ignore[arg-type]
        "not rows": lambda: refused(lambda: _core.records(codecourier.Run, [{}, 1], None), ValueError),  # type: ignore[list-item]
        "not records": lambda: refused(lambda: _core.records(int, [{}], None), TypeError),  # type: ignore[type-var]
        "projects": app.projects,
        "setting": lambda: (app.setting("busyMs"), app.setting("nothing")),
        "project again": lambda: refused(lambda: app.project_create("x", "quickstart"), _core.CoreError),
        "first start again": lambda: app.first_start("owner@example.com"),
        "open": lambda: codecourier.open(path).close(),
        "open refused": lambda: refused(lambda: codecourier.open("/proc/no/such.db"), codecourier.OpenError),
    }


def main() -> None:
    with places.folder() as folder, codecourier.open(folder / "my.db", "quickstart") as cc:
        for name, job in jobs_of(cc, folder / "my.db").items():
            settle(job, WARM)  # the interpreter adapts itself to what is done often
            before = settle(job, WARM)
            after = settle(job, ROUNDS)
            grown = [more - less for less, more in zip(before, after)]
            assert max(grown) < FEW, f"{name}: {grown[0]} blocks and {grown[1]} references more after {ROUNDS} rounds"


if __name__ == "__main__":
    main()
    print("fine")

"""AsyncClient is Client with await: the same surface, and nothing is left behind when a task is cancelled."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import inspect
import io
import os
import pickle
import socket
import threading
import time
from collections.abc import Callable, Coroutine
from typing import Any

import places
import pytest
from test_faults import KEY, Peer, answer, error
from test_faults import peer as peer  # fixtures
from test_faults import slept as slept

import codecourier
from codecourier import _actions, _generated, _generated_async
from codecourier._model import Model

WAITING = {"__enter__": "__aenter__", "__exit__": "__aexit__"}
ALONE = {"sync"}  # the way from AsyncClient to Client


def surface(kind: type) -> dict[str, Any]:
    """Public members, and what `with` and notebooks ask for."""
    hidden = {*WAITING, *WAITING.values(), "_repr_html_"}
    return {name: one for name, one in inspect.getmembers(kind) if (not name.startswith("_") or name in hidden) and name not in ALONE}


def parameters(function: Any) -> list[tuple[str, Any, Any]]:
    return [(one.name, one.kind, one.default) for one in inspect.signature(function).parameters.values()]


def fetches(function: Any) -> bool:
    return inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function) or "AsyncPages" in str(inspect.signature(function).return_annotation)


PAIRS = [
    (codecourier.Client, codecourier.AsyncClient),
    (codecourier.Run, codecourier.AsyncRun),
    (codecourier.Page, codecourier.AsyncPage),
    *((one, getattr(_generated_async, "Async" + name)) for name, one in vars(_generated).items() if name.endswith("Routes")),
]
HERE = {"to_dict", "_repr_html_"}  # need no request


@pytest.mark.parametrize(("plain", "asynchronous"), PAIRS, ids=[one.__name__ for one, _ in PAIRS])
def test_both_have_the_same_surface(plain: type, asynchronous: type) -> None:
    ours, theirs = surface(plain), surface(asynchronous)
    assert {WAITING.get(name, name) for name in ours} == set(theirs)
    slots = lambda kind: {name for one in kind.__mro__ for name in getattr(one, "__slots__", ()) if not name.startswith("_")}  # noqa: E731
    assert slots(plain) == slots(asynchronous), "the groups"
    for name, one in ours.items():
        other = theirs[WAITING.get(name, name)]
        if inspect.isfunction(one):
            assert parameters(one) == parameters(other), name
            held = issubclass(plain, Model) and name == "to_pandas"
            assert fetches(other) == (name not in HERE and not held), f"{name} waits"


def client(service: places.Service) -> codecourier.AsyncClient:
    return codecourier.AsyncClient(service.base, service.key) if service.base else codecourier.open_async(service.data, key=service.key)


def test_results_act_with_await(service: places.Service) -> None:
    async def day() -> None:
        async with client(service) as cc:
            flow = (await cc.workflows.list())[0].id
            run = await cc.runs.start(workflow_id=flow)
            assert isinstance(run, codecourier.AsyncRun) and run.status == "pending" and (await run.refresh()).id == run.id
            seen = []

            async def read() -> None:
                async for event in run.follow():
                    seen.append((event.seq, event.data["status"]))

            reading, out = asyncio.create_task(read()), io.StringIO()
            watching = asyncio.create_task(run.watch(file=out))
            while not seen:
                await asyncio.sleep(0.01)
            assert seen == [(1, "pending")] and not reading.done()
            assert (await run.cancel()).finished
            await reading
            assert (await watching).status == "cancelled" and "status: cancelled" in out.getvalue()
            assert seen == [(1, "pending"), (2, "cancelled")]
            assert [event.seq async for event in run.follow(after=1)] == [2]
            assert (await run.timeline()).axes
            changes = [change async for change in cc.events(after=(await cc.changes.list())[0].seq - 1, timeout=0)]
            assert [(change.kind, change.action, change.id) for change in changes] == [("runs", "cancel", run.id)]
            page = await cc.runs.list(limit=1)
            assert isinstance(page[0], codecourier.AsyncRun) and (await page[0].refresh()).id == page[0].id
            assert len(await page.to_pandas()) == 1 and len(await page.to_pandas(all_pages=True)) >= 1
            again = pickle.loads(pickle.dumps(page))
            assert again == page and again[0] == page[0] and type(again[0]) is codecourier.AsyncRun
            with pytest.raises(RuntimeError, match="no client"):
                await again[0].refresh()
            other = await cc.runs.start(workflow_id=flow)
            with pytest.raises(TimeoutError, match="still pending"):
                await other.watch(timeout=0, file=out)
            await other.cancel()

    asyncio.run(day())


def test_more_followers_than_threads(web: places.Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those who wait leave threads to those who do not: a call is answered before any of theirs is."""
    routes = _generated_async.AsyncRunsRoutes
    began, ended, seated, most = list[int](), list[int](), set[object](), 0
    asks = routes.events

    async def events(self: Any, *arguments: Any, wait: int = 0, **more: Any) -> Any:
        waits = wait > 0 and more["after"] > 0
        nonlocal most
        began.extend([1] * waits)
        if wait:
            seated.add(asyncio.current_task())
            most = max(most, len(seated))
        try:
            answer = await asks(self, *arguments, wait=wait, **more)  # or a refusal: too many wait already
        finally:
            seated.discard(asyncio.current_task())
        ended.extend([1] * waits)
        return answer

    monkeypatch.setattr(routes, "events", events)
    monkeypatch.setattr(_actions, "LOOK_S", 15)

    async def day() -> None:
        async with codecourier.AsyncClient(web.base, web.key, connections=4) as cc:
            flow = (await cc.workflows.list())[0].id
            runs = await asyncio.gather(*(cc.runs.start(workflow_id=flow) for _ in range(8)))

            async def last(run: codecourier.AsyncRun) -> object:
                return [event.data["status"] async for event in run.follow()][-1]

            following = [asyncio.create_task(last(run)) for run in runs]
            while len(began) < 2:
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.3)  # for more than two, if more were let
            await cc.whoami()
            assert began and not ended and most == 2, "half of the threads"
            await asyncio.gather(*(run.cancel() for run in runs))
            assert await asyncio.gather(*following) == ["cancelled"] * 8

    asyncio.run(day())


# ---- cancelled


def sockets(base: str) -> int:
    """How many of this process are connected to that server."""
    port = base.rpartition(":")[2]
    found = 0
    for one in os.listdir("/proc/self/fd"):
        try:
            if os.readlink(f"/proc/self/fd/{one}").startswith("socket:"):
                with socket.socket(fileno=os.dup(int(one))) as copy:
                    found += str(copy.getpeername()[1:2]) == f"({port},)"
        except OSError:  # gone, or not connected
            pass
    return found


def busy() -> list[str]:
    return [one.name for one in threading.enumerate() if one.name.startswith("codecourier")]


def soon(condition: Callable[[], bool], seconds: float = 10.0) -> bool:
    """Long enough for a busy machine, and shorter than what would end by itself here: after 15 seconds at the earliest."""
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)
    return condition()


def cancelled(cc: codecourier.AsyncClient, call: Callable[[codecourier.AsyncClient], Coroutine[Any, Any, object]], begun: Callable[[], object] = busy) -> None:
    """Begin it, cancel it, close the client; what it held must be gone before what it waits for would have come by itself."""
    base = repr(cc).strip("<>").rpartition(" ")[2]
    before = sockets(base)

    async def day() -> None:
        task = asyncio.create_task(call(cc))
        while not begun():
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.3)  # until it waits
        assert busy() and not task.done()
        task.cancel()
        async with asyncio.timeout(10):  # as for soon()
            with pytest.raises(asyncio.CancelledError):
                await task
            await cc.close()

    asyncio.run(day())
    assert soon(lambda: not busy()), busy()
    assert soon(lambda: sockets(base) <= before)


def hanging(connection: Any, _: bytes) -> None:
    connection.sendall(answer(b"", length=1000))
    connection.recv(1)  # until the other side is gone


def mute(connection: Any, _: bytes) -> None:
    connection.recv(1)


@pytest.mark.parametrize("step", [hanging, mute, error("UNAVAILABLE", "503 No", "Retry-After: 30\r\n")], ids=["in its answer", "without one", "between attempts"])
def test_a_cancelled_call_leaves_no_thread_and_no_socket(peer: Peer, step: Any) -> None:
    peer.script = [step]
    cancelled(codecourier.AsyncClient(peer.base, KEY, timeout=30), lambda cc: cc.whoami(), lambda: peer.requests)
    assert len(peer.requests) == 1, "and it was not asked again"
    reused = [answer(), step]
    peer.script = [*[answer()] * len(peer.requests), *reused]

    async def twice(cc: codecourier.AsyncClient) -> object:
        await cc.whoami()
        return await cc.whoami()  # over the same connection

    cancelled(codecourier.AsyncClient(peer.base, KEY, timeout=30), twice, lambda: len(peer.requests) == 3)


def test_a_cancelled_connection_is_not_made() -> None:
    """To a machine that does not answer at all: here, a listener whose queue is full."""
    with contextlib.ExitStack() as opened:
        full = opened.enter_context(socket.socket())
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for _ in range(3):
            waiting = opened.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())
        cancelled(codecourier.AsyncClient(f"http://127.0.0.1:{full.getsockname()[1]}", KEY, timeout=30), lambda cc: cc.whoami())


def test_a_connection_that_fails_says_why_with_await(slept: list[float]) -> None:
    async def whoami(base: str) -> None:
        async with codecourier.AsyncClient(base, KEY, timeout=0.3, retries=0) as cc:
            await cc.whoami()

    with socket.create_server(("127.0.0.1", 0)) as one:
        nobody = f"http://127.0.0.1:{one.getsockname()[1]}"
    with pytest.raises(codecourier.ConnectionFailed, match="cannot be reached: Connection refused"):
        asyncio.run(whoami(nobody))
    with pytest.raises(codecourier.ConnectionFailed, match="cannot be reached: "):
        asyncio.run(whoami("http://no-such-host.invalid"))


def test_a_cancelled_follower_leaves_nothing(service: places.Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_actions, "LOOK_S", 15)
    run = service.client.runs.start(workflow_id=service.client.workflows.list()[0].id)

    async def follow(cc: codecourier.AsyncClient) -> object:
        return [event async for event in (await cc.runs.get(run.id)).follow()]

    async def poll(cc: codecourier.AsyncClient) -> object:
        return await cc.runs.events(run.id, after=1, wait=15)

    cancelled(client(service), follow)
    cancelled(client(service), poll)
    run.cancel()


def test_a_client_that_is_dropped_leaves_no_thread(web: places.Service) -> None:
    async def day() -> None:
        assert (await codecourier.AsyncClient(web.base, web.key).health()).status == "ok"

    asyncio.run(day())
    assert soon(lambda: gc.collect() >= 0 and not busy()), busy()  # until the thread has let go of its last call


# ---- a service that does not let wait


def test_who_may_not_wait_asks_again_and_again(peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    """503 to a long poll is no reason to repeat it; go on without wait, after as long as the answer says."""
    pause, pauses = _actions.Following._pause, list[float]()

    async def paused(self: Any, seconds: float) -> None:
        pauses.append(seconds)
        await pause(self, seconds)

    monkeypatch.setattr(_actions.Following, "_pause", paused)
    run = {"id": "run_1", "status": "running", "name": "R"}
    state = {"asked": 0}

    def reply(request: bytes) -> bytes:
        line = request.split(b" ")[1]
        if b"wait=" in line:
            return error("UNAVAILABLE", "503 Service Unavailable", "Retry-After: 0.1\r\n", retryable=True)
        if b"/events" in line:
            state["asked"] += 1
            return answer(b'{"data":[],"nextCursor":null,"hasMore":false}')
        return answer(b'{"data":{"id":"run_1","name":"R","status":"%s"}}' % (b"completed" if state["asked"] > 2 else b"running"))

    class Replies:
        def __len__(self) -> int:
            return 1

        def __getitem__(self, _: int) -> bytes:
            return reply(peer.requests[-1])

    peer.script = Replies()  # type: ignore[assignment]
    assert list(codecourier.Run(run, codecourier.Client(peer.base, KEY)).follow()) == []

    async def day() -> None:
        state["asked"] = 0
        async with codecourier.AsyncClient(peer.base, KEY) as cc:
            assert [one async for one in (await cc.runs.get("run_1")).follow()] == []

    asyncio.run(day())
    assert pauses.count(0.1) == 2 * 2 and max(pauses) < 1, pauses
    lines = [request.split(b" ")[1] for request in peer.requests]
    assert sum(b"wait=" in line for line in lines) == 2 * 2, lines

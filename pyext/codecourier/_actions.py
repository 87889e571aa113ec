"""What a Run and a Sandbox can do beside holding their values."""

from __future__ import annotations

import sys
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, TextIO, TypeVar, cast

from ._abort import sleep
from ._model import Model, plain
from ._texts import t

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ._async_client import AsyncClient
    from ._client import Client
    from ._generated import Change, Run, RunEvent, RunMembers, RunStep, Sandbox, SandboxMessage
    from ._generated_async import AsyncRun, AsyncSandbox

T = TypeVar("T")
FINISHED = frozenset({"completed", "failed", "cancelled"})
ENDED = frozenset({"killed", "failed", "expired"})
LOOK_S = 2  # how long to wait for an event before looking at the run again
REST_S = 0.5  # after some have come: a run that talks much shall not use up the key's rate
AWAY_S = 120  # for so long may a service be away (restarted, upgraded) before who follows a run gives up
AGAIN_S = (0.2, 5.0)  # the first pause before it is asked again, and the longest


class RunState(Model):
    """A run, whichever client it came from."""

    __slots__ = ()

    @property
    def finished(self) -> bool:
        """Whether it will never change again: completed, failed or cancelled."""
        return self._data.get("status") in FINISHED

    def _fetcher(self) -> Any:
        if self._client is None:
            raise RuntimeError(t("this run was unpickled or copied and has no client; use client.runs.get(run.id)"))
        return self._client

    @property
    def _identity(self) -> str:
        return str(self._data["id"])


class RunActions(RunState):
    """A run that can be followed."""

    __slots__ = ()

    def refresh(self) -> Run:
        """The run as it is now."""
        return cast("Run", self._fetcher().runs.get(self._identity))

    def cancel(self) -> Run:
        """Cancel it; the run as it is then."""
        return cast("Run", self._fetcher().runs.cancel(self._identity))

    def watch(self, *, timeout: float | None = None, progress: bool | None = None, log: bool = True, file: TextIO | None = None) -> Run:
        """Follow it until it is finished; the finished run.

        Shows a bar (tqdm, when it is installed) and the run's events in a terminal or a notebook.  Where the output is a file it
        writes a line for each event and no bar.  timeout: seconds after which TimeoutError is raised; the run goes on.
        """
        return cast("Run", at_once(watch(Following(self._fetcher(), self._identity, 0, timeout), progress, log, file)))

    def follow(self, *, after: int = 0, timeout: float | None = None) -> Iterator[RunEvent]:
        """Its events as they happen, oldest first, until it is finished: `for event in run.follow(): …`.

        after: only those behind this number, to go on where an earlier loop left off.  timeout: as for watch().
        """
        following = Following(self._fetcher(), self._identity, after, timeout)
        while at_once(following.look()):
            yield from at_once(following.events())

    def timeline(self) -> Figure:
        """A picture of its steps over time; needs matplotlib (pip install codecourier[plot])."""
        from ._display import timeline

        return timeline(self, self._fetcher().runs.steps(self._identity).data)


class AsyncRunActions(RunState):
    """A run that can be followed with `await` and `async for`."""

    __slots__ = ()

    async def refresh(self) -> AsyncRun:
        """The run as it is now."""
        return cast("AsyncRun", await self._fetcher().runs.get(self._identity))

    async def cancel(self) -> AsyncRun:
        """Cancel it; the run as it is then."""
        return cast("AsyncRun", await self._fetcher().runs.cancel(self._identity))

    async def watch(self, *, timeout: float | None = None, progress: bool | None = None, log: bool = True, file: TextIO | None = None) -> AsyncRun:
        """Follow it until it is finished; the finished run.  As Run.watch."""
        return cast("AsyncRun", await watch(Following(self._fetcher(), self._identity, 0, timeout), progress, log, file))

    async def follow(self, *, after: int = 0, timeout: float | None = None) -> AsyncIterator[RunEvent]:
        """Its events as they happen, oldest first, until it is finished: `async for event in run.follow(): …`.  As Run.follow."""
        following = Following(self._fetcher(), self._identity, after, timeout)
        while await following.look():
            for event in await following.events():
                yield event

    async def timeline(self) -> Figure:
        """A picture of its steps over time; needs matplotlib (pip install codecourier[plot])."""
        from ._display import timeline

        return timeline(self, (await self._fetcher().runs.steps(self._identity)).data)


class SandboxState(Model):
    """A sandbox, whichever client it came from."""

    __slots__ = ()

    @property
    def finished(self) -> bool:
        """Whether it will never answer again: killed, failed or expired."""
        return self._data.get("status") in ENDED

    def _fetcher(self) -> Any:
        if self._client is None:
            raise RuntimeError(t("this sandbox was unpickled or copied and has no client; use client.sandboxes.get(sandbox.id)"))
        return self._client

    @property
    def _identity(self) -> str:
        return str(self._data["id"])


class SandboxActions(SandboxState):
    """A sandbox that can be talked with."""

    __slots__ = ()

    def refresh(self) -> Sandbox:
        """The sandbox as it is now."""
        return cast("Sandbox", self._fetcher().sandboxes.get(self._identity))

    def say(self, text: str, *, timeout: float | None = None) -> Iterator[RunEvent]:
        """Say something; what happens until it is answered, event by event: `for event in sandbox.say("…"): …`.

        It is said at once, whether or not anybody looks at the events.  timeout: seconds after which TimeoutError is raised;
        it is answered all the same.
        """
        said = self._fetcher().sandboxes.say(self._identity, text=text)
        return self._events(Answering(self._fetcher(), said, timeout))

    def ask(self, text: str, *, timeout: float | None = None) -> SandboxMessage:
        """Say something and wait for its answer: the message, which has it.  timeout: as for say()."""
        return self._answered(self._fetcher().sandboxes.say(self._identity, text=text), timeout)

    def commit(self, message: str, *, timeout: float | None = None, **more: Any) -> SandboxMessage:
        """Have its changes committed and pushed, and wait for that.  more: as for client.sandboxes.commit(); timeout: as for say()."""
        return self._answered(self._fetcher().sandboxes.commit(self._identity, message=message, **more), timeout)

    def kill(self) -> Sandbox:
        """End it and remove its files; the sandbox as it is then."""
        return cast("Sandbox", self._fetcher().sandboxes.kill(self._identity))

    def _events(self, answering: Answering) -> Iterator[RunEvent]:
        while at_once(answering.look()):
            yield from at_once(answering.events())

    def _answered(self, said: SandboxMessage, timeout: float | None) -> SandboxMessage:
        answering = Answering(self._fetcher(), said, timeout)
        for _ in self._events(answering):
            pass
        return at_once(answering.message())


class AsyncSandboxActions(SandboxState):
    """A sandbox that can be talked with, with `await` and `async for`."""

    __slots__ = ()

    async def refresh(self) -> AsyncSandbox:
        """The sandbox as it is now."""
        return cast("AsyncSandbox", await self._fetcher().sandboxes.get(self._identity))

    async def say(self, text: str, *, timeout: float | None = None) -> AsyncIterator[RunEvent]:
        """Say something; what happens until it is answered: `async for event in sandbox.say("…"): …`, which also says it."""
        answering = Answering(self._fetcher(), await self._fetcher().sandboxes.say(self._identity, text=text), timeout)
        while await answering.look():
            for event in await answering.events():
                yield event

    async def ask(self, text: str, *, timeout: float | None = None) -> SandboxMessage:
        """Say something and wait for its answer: the message, which has it.  As Sandbox.ask."""
        return await self._answered(await self._fetcher().sandboxes.say(self._identity, text=text), timeout)

    async def commit(self, message: str, *, timeout: float | None = None, **more: Any) -> SandboxMessage:
        """Have its changes committed and pushed, and wait for that.  As Sandbox.commit."""
        return await self._answered(await self._fetcher().sandboxes.commit(self._identity, message=message, **more), timeout)

    async def kill(self) -> AsyncSandbox:
        """End it and remove its files; the sandbox as it is then."""
        return cast("AsyncSandbox", await self._fetcher().sandboxes.kill(self._identity))

    async def _answered(self, said: SandboxMessage, timeout: float | None) -> SandboxMessage:
        answering = Answering(self._fetcher(), said, timeout)
        while await answering.look():
            await answering.events()
        return await answering.message()


# ---- following, once for both clients: written with await, and with Client there is nothing to wait for


def at_once(work: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine that never really waits."""
    try:
        work.send(None)
    except StopIteration as done:
        return cast(T, done.value)
    work.close()
    raise AssertionError("it waited")


async def given(answer: Any) -> Any:
    """What a method of either client gives."""
    return await answer if hasattr(answer, "__await__") else answer


class Patient:
    """Who asks a service for events, and for more of them, through times in which it is away or has no room for those who wait."""

    def __init__(self, client: Client | AsyncClient, timeout: float | None) -> None:
        self._client, self._timeout = client, timeout
        self._deadline = time.monotonic() + timeout if timeout is not None else None

    async def _lasting(self, ask: Callable[[], Any]) -> Any:
        """What `ask` gives.  While the service is away it is asked again: what is followed goes on, and so does who follows."""
        from ._errors import Error

        until, pause = time.monotonic() + AWAY_S, AGAIN_S[0]
        while True:
            try:
                return await given(ask())
            except Error as lost:
                if not lost.retryable or time.monotonic() > until or (self._deadline is not None and time.monotonic() > self._deadline):
                    raise
                await self._pause(getattr(lost, "retry_after", None) or pause)
                pause = min(2 * pause, AGAIN_S[1])

    async def _waited(self, ask: Callable[..., Any], wait: int) -> Any:
        """The page that `ask` gives; waits for one that has something.  A service that cannot wait is asked, and then asked again later."""
        from ._errors import ConnectionFailed
        from ._generated import Unavailable, Validation

        if wait:
            try:
                with self._client._seats as seated:
                    if seated:
                        return await given(ask(wait=wait))
                await self._pause(wait / 2)
            except (Validation, Unavailable) as refused:  # it does not know how, or too many wait already
                await self._pause(refused.retry_after or wait / 2)
            except ConnectionFailed:
                pass
        return await self._lasting(ask)

    async def _pause(self, seconds: float) -> None:
        if hasattr(self._client, "sync"):
            import asyncio

            await asyncio.sleep(seconds)
        else:
            sleep(seconds)


class Changes(Patient):
    """What changes in a project, look after look; behind the change `after`, or, without one, behind the latest there is."""

    def __init__(self, client: Client | AsyncClient, after: int | None, timeout: float | None) -> None:
        super().__init__(client, timeout)
        self._seen = after
        self._looked = False
        self._rest = 0.0

    async def look(self) -> Sequence[Change] | None:
        """What has changed since the last look, or changes within a moment; None: the time is over."""
        left = self._deadline - time.monotonic() if self._deadline is not None else LOOK_S
        if left < 0 and self._looked:
            return None
        self._looked = True
        if self._seen is None:
            latest = (await self._lasting(self._client.changes.list)).data
            self._seen = latest[-1].seq if latest else 0
        if self._rest:
            await self._pause(self._rest)
        page = await self._waited(partial(self._client.changes.list, after=self._seen), min(LOOK_S, int(left) + 1) if left > 0 else 0)
        changes = cast("Sequence[Change]", page.data)
        if changes:
            self._seen = changes[-1].seq
        self._rest = REST_S if changes and not page.has_more else 0.0
        return changes


class Following(Patient):
    """A run and its events, look after look."""

    def __init__(self, client: Client | AsyncClient, identity: str, seen: int, timeout: float | None) -> None:
        super().__init__(client, timeout)
        self._identity, self._seen = identity, seen
        self._more = False  # events than one page holds
        self._rest = 0.0
        self._wait = 0
        self.run: Any = None

    async def look(self) -> bool:
        """Fetch the run, before its events: what happens between is in the next look's.  False: it is over, and all was told."""
        if self.run is not None:
            if self.run.finished and not self._more:
                return False
            patience = 0 if self.run.finished else self._patience()
            if self._rest:
                await self._pause(self._rest)
            self._wait = 0 if self._more else patience
        self.run = await self._lasting(lambda: self._client.runs.get(self._identity))
        return True

    async def steps(self) -> Sequence[RunStep]:
        """The run's steps."""
        return cast("Sequence[RunStep]", (await self._lasting(lambda: self._client.runs.steps(self._identity))).data)

    async def events(self) -> Sequence[RunEvent]:
        """What has happened since the last time, or happens within a moment."""
        ask = partial(self._client.runs.events, self._identity, after=self._seen)
        page = await self._waited(ask, 0 if self.run.finished else self._wait)
        events: Sequence[RunEvent] = page.data
        if events:
            self._seen = events[-1].seq
        self._more = page.has_more
        last = (events[-1]._data.get("data") or {}).get("status") if events else None
        self._rest = REST_S if events and not self._more and last not in FINISHED else 0.0
        return events

    def _patience(self) -> int:
        """How many seconds to wait for an event; TimeoutError: none, the time is over."""
        left = self._deadline - time.monotonic() if self._deadline is not None else LOOK_S
        if left < 0:
            raise TimeoutError(t("run {} is still {} after {} s; it goes on", self._identity, self.run.status, f"{self._timeout:g}"))
        return min(LOOK_S, int(left) + 1)


class Answering(Following):
    """What happens in a sandbox until something that was said to it is answered."""

    def __init__(self, client: Client | AsyncClient, said: SandboxMessage, timeout: float | None) -> None:
        super().__init__(client, said.sandbox_id, said.after, timeout)
        self._said, self._answered = said, False

    async def look(self) -> bool:
        """As before; False also: it is answered, and all of that was told."""
        return not self._answered and await super().look()

    async def events(self) -> Sequence[RunEvent]:
        """As before, up to the answer's end."""
        found = await super().events()
        for number, event in enumerate(found):
            if event.type == "step.finished" and (event._data.get("data") or {}).get("position") == self._said.position:
                self._answered = True
                return found[: number + 1]
        return found

    async def message(self) -> SandboxMessage:
        """What was said, with its answer: not far down the list of all that was."""
        page = await self._lasting(lambda: self._client.sandboxes.messages(self._identity, limit=100))
        while True:
            for one in page.data:
                if one.id == self._said.id:
                    return cast("SandboxMessage", one)
            if not page.next_cursor:
                return self._said
            page = await self._lasting(partial(self._client.sandboxes.messages, self._identity, limit=100, cursor=page.next_cursor))


async def watch(following: Following, progress: bool | None, log: bool, file: TextIO | None) -> RunMembers:
    """Show what happens until it is over; the run."""
    out = file if file is not None else sys.stdout if _in_notebook() else sys.stderr  # which notebooks show in red
    shown = progress if progress is not None else out.isatty() or _in_notebook()
    bar: Any = None
    try:
        while await following.look():
            if shown:
                steps = await following.steps()
                if bar is None:
                    bar = _bar(out, following.run, steps)
                    shown = bar is not None
                else:
                    _draw(bar, following.run, steps)
            for event in await following.events():
                if log and bar is not None:
                    bar.write(_say(event, 11, 19), file=out)  # of the time, hours to seconds
                elif log:
                    print(_say(event), file=out, flush=True)
        return cast("RunMembers", following.run)
    finally:
        if bar is not None:
            bar.close()


def _bar(file: TextIO, run: RunMembers, steps: Sequence[RunStep]) -> Any:
    """A tqdm bar, or None where there is no tqdm."""
    try:
        import importlib.util

        if _in_notebook() and importlib.util.find_spec("ipywidgets"):
            from tqdm.notebook import tqdm  # type: ignore[import-untyped, unused-ignore]
        else:
            from tqdm.std import tqdm  # type: ignore[import-untyped, unused-ignore]
    except ImportError:
        return None
    how = "{desc} {percentage:3.0f}%|{bar}| {n:.1f}/{total} [{elapsed}]"
    return tqdm(total=max(1, len(steps)), initial=_progress(run, steps), desc=_where(run), file=file, leave=True, bar_format=how, dynamic_ncols=True)


def _where(run: RunMembers) -> str:
    """Which run, and where it is, in a width that leaves room for the bar."""
    step = plain(run.current_step_label or run.status)[:16]
    name = plain(run.name)
    room = 38 - len(step)
    return f"{name if len(name) <= room else name[: room - 1] + '…'}: {step}"


def _in_notebook() -> bool:
    shell = sys.modules.get("IPython")
    instance = shell.get_ipython() if shell is not None else None
    return type(instance).__name__ == "ZMQInteractiveShell"


def _say(event: Model, start: int = 0, end: int | None = None) -> str:
    data = event._data.get("data") or {}
    telling = (data[name] for name in ("text", "message", "status", "label") if data.get(name))
    what = next(telling, None) or ", ".join(f"{name}={value}" for name, value in data.items() if value is not None)
    return plain(f"{str(event._data.get('at'))[start:end]} {event._data.get('type')}: {what}".rstrip(": "))


def _progress(run: RunMembers, steps: Sequence[RunStep]) -> float:
    """How many steps are done, and the part of the one it is in."""
    done = sum(1 for step in steps if step.status in ("completed", "failed", "skipped", "cancelled"))
    return float(min(len(steps), done + (0.0 if run.finished else run.current_step_progress or 0.0)))


def _draw(bar: Any, run: RunMembers, steps: Sequence[RunStep]) -> None:
    bar.total = max(1, len(steps))
    bar.set_description(_where(run), refresh=False)
    bar.n = _progress(run, steps)
    bar.refresh()

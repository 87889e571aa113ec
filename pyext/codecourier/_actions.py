"""What a Run can do beside holding its values."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TextIO, cast

from ._model import Model
from ._texts import t

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ._client import Client
    from ._generated import Run, RunEvent, RunStep
    from ._page import Page

FINISHED = frozenset({"completed", "failed", "cancelled"})
LOOK_S = 2  # how long to wait for an event before looking at the run again


class RunActions(Model):
    """A run that can be followed."""

    __slots__ = ()

    @property
    def finished(self) -> bool:
        """Whether it will never change again: completed, failed or cancelled."""
        return self._data.get("status") in FINISHED

    def _fetcher(self) -> Client:
        if self._client is None:
            raise RuntimeError(t("this run was unpickled or copied and has no client; use client.runs.get(run.id)"))
        return cast("Client", self._client)

    def refresh(self) -> Run:
        """The run as it is now."""
        return self._fetcher().runs.get(str(self._data["id"]))

    def watch(self, *, timeout: float | None = None, progress: bool | None = None, log: bool = True, file: TextIO | None = None) -> Run:
        """Follow it until it is finished; the finished run.

        Shows a bar (tqdm, when it is installed) and the run's events in a terminal or a notebook.  Where the output is a file it
        writes a line for each event and no bar.  timeout: seconds after which TimeoutError is raised; the run goes on.
        """
        return watch(self._fetcher(), str(self._data["id"]), timeout, progress, log, file)

    def follow(self, *, after: int = 0, timeout: float | None = None) -> Iterator[RunEvent]:
        """Its events as they happen, oldest first, until it is finished: `for event in run.follow(): …`.

        after: only those behind this number, to go on where an earlier loop left off.  timeout: as for watch().
        """
        return follow(self._fetcher(), str(self._data["id"]), after, timeout)

    def timeline(self) -> Figure:
        """A picture of its steps over time; needs matplotlib (pip install codecourier[plot])."""
        from ._display import timeline

        return timeline(self, self._fetcher().runs.steps(str(self._data["id"])).data)


def _bar(wanted: bool | None, file: TextIO, total: int) -> Any:
    """A tqdm bar, or None where one would be noise or there is none."""
    shown = wanted if wanted is not None else file.isatty() or _in_notebook()
    if not shown:
        return None
    try:
        from tqdm.auto import tqdm  # type: ignore[import-untyped, unused-ignore]
    except ImportError:
        return None
    return tqdm(total=total, file=file, unit="step", leave=True, bar_format="{desc} {percentage:3.0f}%|{bar}| {n:.1f}/{total} [{elapsed}]")


def _in_notebook() -> bool:
    shell = sys.modules.get("IPython")
    instance = shell.get_ipython() if shell is not None else None
    return type(instance).__name__ == "ZMQInteractiveShell"


def _say(event: Model) -> str:
    data = event._data.get("data") or {}
    what = data.get("text") or data.get("message") or data.get("status") or ", ".join(f"{n}={v}" for n, v in data.items())
    return f"{event._data.get('at')} {event._data.get('type')}: {what}".rstrip(": ")


def _progress(run: Run, steps: Sequence[RunStep]) -> float:
    """How many steps are done, and the part of the one it is in."""
    done = sum(1 for step in steps if step.status in ("completed", "failed", "skipped", "cancelled"))
    return float(min(len(steps), done + (0.0 if run.finished else run.current_step_progress or 0.0)))


def _events(cc: Client, identity: str, seen: int, wait: int) -> Page[RunEvent]:
    """What has happened since; waits a little for it.  A service that cannot wait is asked, and then asked again later."""
    from ._generated import Unavailable, Validation

    if wait:
        try:
            return cc.runs.events(identity, after=seen, wait=wait)
        except (Validation, Unavailable):  # it does not know how, or too many wait already
            time.sleep(wait / 2)
    return cc.runs.events(identity, after=seen)


def follow(cc: Client, identity: str, seen: int, timeout: float | None) -> Iterator[RunEvent]:
    """Wait for events, by long polls; look at the run itself when there are none."""
    deadline = time.monotonic() + timeout if timeout is not None else None
    run, wait = cc.runs.get(identity), 0
    while True:
        events = _events(cc, identity, seen, wait)
        for event in events.data:
            seen = event.seq
            yield event
        if not events.data:
            if run.finished:  # it was so before they were asked for
                return
            run = cc.runs.get(identity)
        patience = _patience(run, deadline, timeout)
        wait = 0 if events.data or run.finished else patience


def _patience(run: Run, deadline: float | None, timeout: float | None) -> int:
    """How many seconds to wait for an event; TimeoutError: none, the time is over."""
    left = deadline - time.monotonic() if deadline is not None else LOOK_S
    if left < 0:
        raise TimeoutError(t("run {} is still {} after {} s; it goes on", run.id, run.status, f"{timeout:g}"))
    return min(LOOK_S, int(left) + 1)


def watch(cc: Client, identity: str, timeout: float | None, progress: bool | None, log: bool, file: TextIO | None) -> Run:
    """Wait for events, and look at the run and its steps when there are some, or every two seconds."""
    out = file if file is not None else sys.stderr
    deadline = time.monotonic() + timeout if timeout is not None else None
    bar = _bar(progress, out, max(1, len(cc.runs.steps(identity))))
    tell: Callable[[str], object] = (lambda text: bar.write(text, file=out)) if bar is not None else (lambda text: print(text, file=out, flush=True))
    seen, wait = 0, 0
    try:
        while True:
            run = cc.runs.get(identity)  # before its events: what happens between is in the next round's
            if bar is not None:
                _draw(bar, run, cc.runs.steps(identity).data)
            events = _events(cc, identity, seen, 0 if run.finished else wait)
            for event in events.data:
                seen = event.seq
                if log:
                    tell(_say(event))
            if run.finished and not events.has_more:
                return run
            patience = _patience(run, deadline, timeout)
            wait = 0 if events.data else patience
    finally:
        if bar is not None:
            bar.close()


def _draw(bar: Any, run: Run, steps: Sequence[RunStep]) -> None:
    bar.total = max(1, len(steps))
    bar.set_description(f"{run.name}: {run.current_step_label or run.status}", refresh=False)
    bar.n = _progress(run, steps)
    bar.refresh()

"""Results: frozen, comparable, picklable, complete, and discreet."""

from __future__ import annotations

import copy
import inspect
import io
import itertools
import pickle
import re
import threading
import time
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import places
import pytest

import codecourier
from codecourier import _actions, _display, _generated, _model, _texts
from codecourier._call import encode, query_text, segment

RUN = {"id": "run_1", "name": "A", "createdAt": "2025-01-15T10:04:00Z", "workflow": {"id": "wfl_1", "name": "W"}, "status": "pending"}


def test_a_result_is_frozen() -> None:
    run: Any = codecourier.Run(RUN)
    for name in ("name", "anything", "_data"):
        with pytest.raises(AttributeError):
            setattr(run, name, "x")
    with pytest.raises(AttributeError):
        del run.name


def test_why_a_run_ended_is_shown_in_the_persons_language(monkeypatch: pytest.MonkeyPatch) -> None:
    """As people see it; what programs read stays as the service said it."""
    inner = {"code": "AGENT_EXITED", "exit": "1", "detail": "no [good] {exit}", "hint": {"code": "LIMIT_PERHAPS", "setting": "agentTmpMb", "value": "64"}}
    data = RUN | {"error": "Step 1 (x) failed.", "errorCode": "STEP_FAILED", "errorParams": {"step": "1", "label": "x", "reason": inner}}
    run = codecourier.Run(data)
    assert _display.members(run)["error"] == "Step 1 (x) failed."
    monkeypatch.setattr(_texts, "REASONS", _texts.catalogue("de_DE.UTF-8", "REASONS"))
    shown = _display.members(run)["error"]
    assert shown.startswith("Schritt 1 (x) ist fehlgeschlagen: Der Agent endete mit Code 1: no [good] {exit} (") and "agentTmpMb" in shown
    assert shown in _display.model_html(run).replace("&#x27;", "'") and run.error == "Step 1 (x) failed." and run.to_dict() == data
    for unknown in ({"errorCode": "OF_A_LATER_VERSION"}, {"errorCode": None}, {"errorParams": {"reason": {"code": "OF_A_LATER_VERSION"}}}, {"errorParams": {"step": 1}}):
        assert _display.members(codecourier.Run(data | unknown))["error"] == "Step 1 (x) failed."
    assert _texts.reason("AGENT_EXITED", {"exit": "1"}) == "Der Agent endete mit Code 1."


@pytest.mark.parametrize(("kind", "name"), [(codecourier.Run, "pushError"), (codecourier.Schedule, "lastError"), (codecourier.PullRequest, "actionError"), (codecourier.PullRequest, "refreshError")])
def test_why_something_was_not_done_is_shown_in_the_persons_language(monkeypatch: pytest.MonkeyPatch, kind: type[Any], name: str) -> None:
    row = kind({"id": "x", name: "Checks fail (build): …", f"{name}Code": "PULL_CHECKS_FAILED", f"{name}Params": {"checks": "build"}})
    monkeypatch.setattr(_texts, "REASONS", _texts.catalogue("de_DE.UTF-8", "REASONS"))
    assert _display.members(row)[_display.snake(name)].startswith("Prüfungen schlagen fehl (build): ")


def test_members_have_their_types() -> None:
    run = codecourier.Run(RUN)
    assert run.created_at == datetime(2025, 1, 15, 10, 4, tzinfo=UTC)
    assert isinstance(run.workflow, codecourier.RunWorkflow) and run.workflow.name == "W"
    assert run.started_at is None and run.cost_usd is None, "what a server leaves out is None"
    key = codecourier.ApiKey({"scopes": ["a", "b"]})
    assert key.scopes == ("a", "b")


def test_what_it_does_not_know_is_kept() -> None:
    run: Any = codecourier.Run(RUN | {"brandNew": {"deep": 1}, "from": "x"})
    assert run.brand_new == {"deep": 1} and run.brandNew == {"deep": 1} and "brand_new" in dir(run)
    assert run.to_dict()["brandNew"] == {"deep": 1}
    assert run != codecourier.Run(RUN)
    with pytest.raises(AttributeError, match="no member 'nmae'; it has id, name"):
        run.nmae


def test_to_dict_is_the_wire_form_and_a_copy() -> None:
    run = codecourier.Run(RUN)
    wire = run.to_dict()
    assert wire == RUN and wire is not RUN
    wire["workflow"]["name"] = "changed"
    assert run.workflow.name == "W"


def test_equality_hash_copy_and_pickle() -> None:
    run, same, other = codecourier.Run(RUN, "client", '"v1"'), codecourier.Run(dict(RUN)), codecourier.Run(RUN | {"name": "B"})
    assert run == same and hash(run) == hash(same) and run != other and run != codecourier.Workflow(RUN) and run != RUN
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        again = pickle.loads(pickle.dumps(run, protocol))
        assert again == run and type(again) is codecourier.Run and again.etag == '"v1"'
    assert copy.copy(run) == copy.deepcopy(run) == run
    assert {run, same, other} == {run, other}
    with pytest.raises(RuntimeError, match="no client"):
        pickle.loads(pickle.dumps(run)).refresh()


def test_a_page_can_be_pickled_but_not_go_on(cc: codecourier.Client) -> None:
    page = cc.workflows.list(limit=1)
    again = pickle.loads(pickle.dumps(page))
    assert again == page and again.to_dict() == page.to_dict() and len(again) == 1
    with pytest.raises(RuntimeError, match="unpickled"):
        again.next_page()


def test_errors_can_be_pickled() -> None:
    kinds = [kind for kind in vars(codecourier).values() if inspect.isclass(kind) and issubclass(kind, codecourier.Error)]
    assert len(kinds) > 20
    for kind in kinds:
        error = kind("What went wrong.")
        again = pickle.loads(pickle.dumps(error))
        assert type(again) is kind and vars(again) == vars(error) and again.message == "What went wrong."


def test_every_error_of_the_list_is_a_class_with_its_advice() -> None:
    assert set(_generated.ERRORS) >= {"VALIDATION", "SCOPE_DENIED", "RATE_LIMITED", "UNAVAILABLE"}
    for code, kind in _generated.ERRORS.items():
        assert code in (kind.__doc__ or "") and len((kind.__doc__ or "").split("\n\n")) == 2
        assert getattr(codecourier, kind.__name__) is kind


def test_every_method_and_model_is_documented_and_typed() -> None:
    for name, kind in vars(_generated).items():
        if not inspect.isclass(kind) or kind.__module__ != _generated.__name__:
            continue
        assert kind.__doc__, name
        for member, one in vars(kind).items():
            if inspect.isfunction(one) and not member.startswith("_"):
                assert one.__doc__ and "return" in one.__annotations__, f"{name}.{member}"
            if isinstance(one, property):
                assert one.__doc__ and one.fget and "return" in one.fget.__annotations__, f"{name}.{member}"


SECRET = "cc_live_" + "A" * 38


def test_no_display_shows_a_secret() -> None:
    key = codecourier.ApiKey({"id": "kak_1", "key": SECRET, "name": f"it is {SECRET}", "scopes": [SECRET]})
    page = codecourier.Page((key,), None, False, None, codecourier.ApiKey, "/x", None)
    invitation = codecourier.Invitation({"token": "mW3vH0rXb2kQ9cT5yN8dLs1uFgJ4zEaPi7oRtVwYxKM", "email": "a@example.com"})
    shown = [repr(key), str(key), key._repr_html_(), repr(page), page._repr_html_(), key.to_pandas().to_string(), page.to_pandas().to_string(), str(page.to_pandas().to_dict())]
    for text in shown:
        assert "A" * 9 not in text and "cc_live_…" in text
    for text in (repr(invitation), invitation._repr_html_(), invitation.to_pandas().to_string()):
        assert "mW3v" not in text
    assert key.key == SECRET and invitation.token and key.to_dict()["key"] == SECRET, "but it is there for who asks"
    client = codecourier.Client("http://127.0.0.1:1", SECRET, retries=0)
    assert SECRET[8:20] not in repr(client) + str(client) + repr(client.runs) + repr(vars(type(client)))
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(client)
    with pytest.raises(codecourier.ConnectionFailed) as failed:
        client.whoami()
    error: BaseException | None = failed.value
    while error is not None:
        assert SECRET not in repr(error) + str(error)
        error = error.__cause__


def test_html_is_escaped_and_names_what_is_empty(cc: codecourier.Client) -> None:
    issue = cc.issues.create(title="<script>alert(1)</script>")
    for html in (issue._repr_html_(), cc.issues.list()._repr_html_()):
        assert "<script>" not in html and "&lt;script&gt;" in html
        assert "background:transparent" in html and "color:inherit" in html, "it reads on light and on dark"
    assert "0 × Persona" in cc.personas.list()._repr_html_()
    run = cc.runs.start(workflow_id=cc.workflows.list()[0].id)
    assert "●" in run._repr_html_() and "more behind them" in cc.workflows.list(limit=1)._repr_html_()


def test_nothing_shown_steers_a_terminal(cc: codecourier.Client) -> None:
    """What an agent writes comes from outside."""
    event = codecourier.RunEvent({"at": "2025-01-15T10:04:00Z", "type": "log", "data": {"text": "a\x1b]0;title\x07\x9b2Jb\r\ttab\nline"}})
    run = codecourier.Run(RUN | {"name": "x\x1b[31m"})
    for text in (_actions._say(event), _actions._where(run), _display.text_of(run), _display.text_of(event.data), run._repr_html_()):
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", text)
    assert _actions._say(event).endswith("\ttab\nline") and len(_actions._where(codecourier.Run(RUN | {"name": "x" * 100}))) == 40


def test_pandas(cc: codecourier.Client) -> None:
    import pandas as pd

    frame = cc.workflows.list(limit=1).to_pandas()
    assert len(frame) == 1 and isinstance(frame["created_at"].dtype, pd.DatetimeTZDtype)
    assert len(cc.workflows.list(limit=1).to_pandas(all_pages=True)) == 2
    assert list(cc.personas.list().to_pandas().columns)[:2] == ["id", "name"], "an empty one has its columns"
    assert cc.workflows.list()[0].to_pandas()["step_count"] == 3


def test_tab_completion(cc: codecourier.Client) -> None:
    assert {"runs", "workflows", "whoami", "close"} <= set(dir(cc)) and {"cancel", "start", "list"} <= set(dir(cc.runs))
    assert {"name", "steps", "created_at", "to_dict"} <= set(dir(cc.workflows.list()[0]))
    assert {"Client", "AsyncClient", "ScopeDenied", "open"} <= set(dir(codecourier))


def test_watch_follows_to_the_end_and_is_quiet_in_a_file(cc: codecourier.Client) -> None:
    run = cc.runs.start(workflow_id=cc.workflows.list()[0].id)
    out = io.StringIO()
    with pytest.raises(TimeoutError, match="still pending"):
        run.watch(timeout=0.1, file=out)
    cc.runs.cancel(run.id)
    assert run.watch(file=out).status == "cancelled"
    lines = out.getvalue().splitlines()
    assert "status: cancelled" in lines[-1] and "\r" not in out.getvalue() and "%" not in out.getvalue()
    bar = io.StringIO()
    assert run.watch(progress=True, file=bar).finished
    assert "100%" in bar.getvalue() or "%|" in bar.getvalue()


def test_following_a_run(service: places.Service) -> None:
    """Events one by one, as they come; where a loop left off, the next one goes on."""
    cc = service.client
    run = cc.runs.start(workflow_id=cc.workflows.list()[0].id)
    events = run.follow()
    assert next(events).seq == 1
    later = threading.Timer(0.3, cc.runs.cancel, [run.id])
    later.start()
    assert [(event.seq, event.data["status"]) for event in events] == [(2, "cancelled")]
    later.join()
    assert [event.seq for event in run.follow(after=1)] == [2] and list(run.follow(after=2)) == []
    with pytest.raises(TimeoutError, match="still pending"):
        list(cc.runs.start(workflow_id=cc.workflows.list()[0].id).follow(timeout=0))


def test_who_follows_a_run_outlives_the_service_that_tells_of_it() -> None:
    """It is restarted, or upgraded: the run goes on, and nothing of it is missed."""
    with places.folder() as place:
        data = place / "tests.db"
        key = places.make_key(data)
        with places.serving(data) as port, codecourier.Client(f"http://127.0.0.1:{port}", key, retries=0) as cc:
            run = cc.runs.start(workflow_id=cc.workflows.list()[0].id)
            events = run.follow()
            assert next(events).seq == 1
        told: list[Any] = []
        follower = threading.Thread(target=lambda: told.extend(events))
        follower.start()
        with pytest.raises(codecourier.ConnectionFailed):
            cc.whoami()
        with codecourier.open(data, key=key) as beside:
            beside.runs.cancel(run.id)
        assert follower.is_alive() and told == []
        with places.serving(data, port):
            follower.join(30)
        assert [(event.seq, event.data["status"]) for event in told] == [(2, "cancelled")]


def test_who_follows_a_project_hears_of_what_changed_while_the_service_was_away() -> None:
    with places.folder() as place:
        data = place / "tests.db"
        key = places.make_key(data)
        with places.serving(data) as port, codecourier.Client(f"http://127.0.0.1:{port}", key, retries=0) as cc:
            flow = cc.workflows.list()[0].id
            run = cc.runs.start(workflow_id=flow)
            began = cc.changes.list()[0]
            assert (began.kind, began.action, began.id) == ("runs", "start", run.id)
            assert list(cc.events(timeout=0)) == [], "without a number it begins with what comes"
            changes = cc.events(after=began.seq - 1)
            assert next(changes) == began
        told: list[Any] = []
        follower = threading.Thread(target=lambda: told.extend(itertools.islice(changes, 2)))
        follower.start()
        with codecourier.open(data, key=key) as beside:
            beside.runs.cancel(run.id)
        assert follower.is_alive() and told == []
        with places.serving(data, port), codecourier.Client(f"http://127.0.0.1:{port}", key) as cc:
            cc.workflows.update(flow, name="renamed")
            follower.join(60)
        assert [(change.seq, change.kind, change.action) for change in told] == [(began.seq + 1, "runs", "cancel"), (began.seq + 2, "workflows", "update")]


def test_who_follows_gives_up_when_the_service_stays_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_actions, "AWAY_S", 0.5)
    with places.folder() as place:
        key = places.make_key(place / "tests.db")
        with places.serving(place / "tests.db") as port, codecourier.Client(f"http://127.0.0.1:{port}", key, retries=0) as cc:
            run = cc.runs.start(workflow_id=cc.workflows.list()[0].id)
        with pytest.raises(codecourier.ConnectionFailed):
            run.watch(log=False, progress=False)


def test_timeline(cc: codecourier.Client) -> None:
    run = cc.runs.start(workflow_id=cc.workflows.list()[0].id)
    figure = run.timeline()
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == [f"{step.label} (pending)" for step in cc.runs.steps(run.id)]
    flow = cc.workflows.create(name="$\\nothing$", steps=[{"role": "reviewer", "label": "For $5 and $\\half"}])
    assert cc.runs.start(workflow_id=flow.id).timeline()._repr_png_().startswith(b"\x89PNG"), "dollars are no mathematics"  # type: ignore[attr-defined]


def test_what_is_sent() -> None:
    plus_one = timezone(timedelta(hours=1))
    body = {"at": datetime(2025, 1, 15, 11, 4, tzinfo=plus_one), "left": codecourier.UNSET, "none": None, "set": {"a"}, "model": codecourier.RunWorkflow({"id": "x"}), "ü": "ä"}
    assert encode(body).decode() == '{"at":"2025-01-15T10:04:00Z","none":null,"set":["a"],"model":{"id":"x"},"ü":"ä"}'
    with pytest.raises(ValueError):
        encode({"cost": float("nan")})
    with pytest.raises(TypeError):
        encode({"thing": object()})
    assert query_text({"a": 1, "b": None, "c": True, "q": "ä&= +", "from": datetime(2025, 1, 15, tzinfo=UTC)}) == "?a=1&c=true&q=%C3%A4%26%3D%20%2B&from=2025-01-15T00%3A00%3A00Z"
    assert segment("a/b?c") == "a%2Fb%3Fc"
    for wrong in ("", ".", ".."):
        with pytest.raises(ValueError):
            segment(wrong)


def test_names_both_ways() -> None:
    for name in ("createdAt", "githubRepoUrl", "id", "loopMaxIterations"):
        assert _model.camel(_model.snake(name)) == name

"""Every method, over every way to the service."""

from __future__ import annotations

import asyncio
import inspect
import itertools
from typing import Any

import places
import pytest

import codecourier
from codecourier import _generated, _generated_async
from codecourier._model import snake

STEPS = [{"role": "planner", "instructions": "Plan."}, {"role": "checker", "loop_id": "a", "loop_max_iterations": 2}]
counter = itertools.count(1)


def test_every_row_of_the_table_has_a_method_of_both_clients() -> None:
    assert len(_generated.OPERATIONS) >= 46
    routes, routes_async = (
        {f"{group}.{name}" for group, kind in vars(module).items() if group.endswith("Routes") for name, one in vars(kind).items() if inspect.isfunction(one) and not name.startswith("_")}
        for module in (_generated, _generated_async)
    )
    for operation, _, _ in _generated.OPERATIONS:
        group, _, name = operation.rpartition(".")
        kind = "".join(part[:1].upper() + part[1:] for part in group.split(".")) + "Routes"
        assert f"{kind}.{snake(name)}" in routes
        assert f"Async{kind}.{snake(name)}" in routes_async


@pytest.mark.parametrize("operation", [one[0] for one in _generated.OPERATIONS if one[0] not in places.DESTRUCTIVE])
def test_every_method_reaches_its_route(service: places.Service, operation: str) -> None:
    """With values that are mostly wrong: what comes back is the service's own word, never 405 or 'no such route'."""
    method, positional, given = places.any_call(service.client, operation)
    try:
        answer = method(*positional, **given)
    except codecourier.ApiError as error:
        assert not isinstance(error, (codecourier.MethodNotAllowed, codecourier.AuthMissing, codecourier.Internal)), error
        assert error.request_id
        if not operation.startswith("session."):  # those ask for passwords and invitations, which are wrong here
            assert not isinstance(error, codecourier.AuthInvalid), error
            assert not isinstance(error, codecourier.NotFound) or positional, error
    else:
        assert isinstance(answer, (codecourier.Model, codecourier.Page, dict))


def test_a_day_with_the_client(service: places.Service) -> None:
    """The happy path of every resource."""
    cc, tag = service.client, f"{next(counter)}"
    assert cc.health().status == "ok"
    assert cc.openapi()["openapi"].startswith("3.1")
    who = cc.whoami()
    assert who.name == "tests" and who.mode == "live" and who.expires_at is None and who.created_at.tzinfo
    assert "runs:write" in {one.scope for one in cc.scopes.list()}

    project = cc.project.get()
    assert cc.project.update(name="Tests " + tag, if_match=project.etag).name == "Tests " + tag
    with pytest.raises(codecourier.PreconditionFailed):
        cc.project.update(name="Too late", if_match=project.etag)
    settings = cc.project.settings.update(system_prompt="Be kind.", env_vars={"API_TOKEN": "abcdefgh1234", "snake_case": "stays as it is"})
    assert settings.system_prompt == "Be kind." and settings.env_vars["API_TOKEN"].endswith("1234") and "abcdefgh" not in settings.env_vars["API_TOKEN"]
    assert "snake_case" in cc.project.settings.get().env_vars

    key = cc.keys.create(name="made " + tag, scopes=places.QUICKSTART, expires_at="2030-01-01T00:00:00Z", allowed_networks=["127.0.0.0/8"])
    assert key.key and key.key.startswith("cc_live_") and key.expires_at and key.expires_at.year == 2030
    assert cc.keys.get(key.id).key is None
    assert cc.keys.update(key.id, name="renamed", expires_at=None).expires_at is None
    new = cc.keys.rotate(key.id, overlap_seconds=0)
    assert new.key and new.key != key.key and new.rotated_from == key.id
    cc.keys.revoke(new.id)
    assert any(one.id == new.id and one.revoked_at for one in cc.keys.list())

    flow = cc.workflows.create(name="Flow " + tag, steps=STEPS, description=None)
    assert flow.steps and [step.role for step in flow.steps] == ["planner", "checker"] and flow.steps[1].loop_max_iterations == 2
    assert cc.workflows.get(flow.id) == flow
    assert cc.workflows.update(flow.id, description="Ä ö ü 🎉").description == "Ä ö ü 🎉"
    copy = cc.workflows.duplicate(flow.id)
    assert copy.name == f"Flow {tag} (copy)" and copy.steps == flow.steps
    assert cc.workflows.update(copy.id, steps=list(flow.steps)).step_count == 2, "what an answer held can be sent again"
    assert [one.id for one in cc.workflows.list(q=copy.name)] == [copy.id]
    cc.workflows.delete(copy.id)
    with pytest.raises(codecourier.NotFound):
        cc.workflows.get(copy.id)

    run = cc.runs.start(workflow_id=flow.id, prompt="Go.", name="Run " + tag)
    assert run.workflow.name == "Flow " + tag and run.status == "pending" and not run.finished and run.started_at is None
    assert cc.runs.update(run.id, name="Other " + tag).name == "Other " + tag
    assert [one.id for one in cc.workflows.runs(flow.id)] == [run.id] == [one.id for one in cc.runs.list(workflow_id=flow.id)]
    for refused in (cc.runs.pause, cc.runs.resume, cc.runs.restart, cc.runs.retry, cc.runs.delete):
        with pytest.raises(codecourier.Conflict):
            refused(run.id)
    dry = cc.workflows.run_dry(run.workflow_id, prompt="Look.")
    assert dry.name and len(dry.steps) == 2 and all(one.severity in ("error", "warning") and one.message for one in dry.findings)
    assert len(cc.runs.steps(run.id)) == 2
    assert cc.runs.changes(run.id).files == () and cc.runs.changes(run.id, step=1).head_commit is None
    assert cc.runs.cancel(run.id).finished
    assert [event.seq for event in cc.runs.events(run.id)] == [1, 2]
    assert [event.seq for event in cc.runs.events(run.id, after=1, limit=5)] == [2]
    again = cc.runs.restart(run.id)
    assert again.restarted_from == run.id
    assert cc.runs.cancel(cc.runs.retry(run.id, from_step=1).id).restarted_from == run.id
    assert cc.runs.stop(again.id).id == again.id
    cc.runs.cancel(again.id)
    assert {one.id: one.deleted for one in cc.runs.bulk_delete(ids=[run.id, again.id])} == {run.id: True, again.id: True}

    persona = cc.personas.create(name="Careful " + tag, type="reviewer", is_enabled=False)
    assert persona.is_enabled is False and cc.personas.update(persona.id, is_enabled=True).is_enabled is True
    assert cc.personas.get(persona.id).instructions is None
    assert [one.id for one in cc.personas.list(is_enabled=True, q=persona.name)] == [persona.id]
    assert cc.personas.delete(persona.id).id == persona.id
    assert [one.code for one in cc.personas.bulk_delete(ids=[persona.id])] == ["NOT_FOUND"]
    issue = cc.issues.create(title="Issue " + tag, priority="high")
    assert cc.issues.update(issue.id, status="completed").status == "completed"
    assert cc.issues.get(issue.id).priority == "high" and cc.issues.list(q=issue.title)[0].id == issue.id
    assert [(one.id, one.deleted) for one in cc.issues.bulk_delete(ids=[issue.id])] == [(issue.id, True)]
    assert [one.code for one in cc.workflows.bulk_delete(ids=[issue.id])] == ["NOT_FOUND"], "of another kind"


def test_pages(service: places.Service) -> None:
    cc = service.client
    tag = f"Page {next(counter)}"
    made = sorted((cc.issues.create(title=f"{tag} {n:02}").id for n in range(7)), reverse=True)  # two workers, one millisecond: any order
    page = cc.issues.list(limit=3, q=tag)
    assert len(page) == 3 and page.has_more and page.next_cursor and page.cursor is None
    assert page[0].id == made[0] and page[-1].id == made[2] and [one.id for one in page[1:]] == made[1:3]
    assert [one.id for one in page.data] == made[:3]
    assert [one.id for one in page] == made, "iterating goes on over all pages"
    assert [one.id for one in page] == made, "and can be done again"
    last = cc.issues.list(limit=3, cursor=page.next_cursor, q=tag).next_page()
    assert last is not None and len(last) == 1 and not last.has_more and last.next_cursor is None and last.next_page() is None
    assert [len(one) for one in page.pages()] == [3, 3, 1]
    seen = []
    for one in page:
        seen.append(one.id)
        if len(seen) == 5:
            break
    resumed = [one.id for one in cc.issues.list(limit=3, cursor=page.cursor, q=tag)]
    assert resumed == made[3:], "from the page that was broken off: some come again, none is lost"
    assert cc.issues.list(q="nothing like it").data == () and not list(cc.issues.list(q="nothing like it"))
    with pytest.raises(codecourier.Validation) as refused:
        cc.issues.list(limit=101)
    assert refused.value.field == "limit"
    with pytest.raises(codecourier.Validation) as refused:
        cc.issues.list(cursor="nonsense")
    assert refused.value.field == "cursor"
    cc.issues.update(made[0], title="moved away")


def test_an_idempotency_key_makes_a_repeat_safe(service: places.Service) -> None:
    cc, key = service.client, f"once-{next(counter)}-{service.base}"
    first = cc.issues.create(title="Once", idempotency_key=key)
    assert cc.issues.create(title="Once", idempotency_key=key) == first
    with pytest.raises(codecourier.IdempotencyMismatch):
        cc.issues.create(title="Twice", idempotency_key=key)


def test_a_refusal_has_all_its_parts(service: places.Service) -> None:
    less = service.with_scopes(*places.QUICKSTART)
    with pytest.raises(codecourier.ScopeDenied) as refused:
        less.runs.cancel("run_abc")
    error = refused.value
    assert (error.code, error.status, error.field, error.retryable) == ("SCOPE_DENIED", 403, None, False)
    assert error.message == "This key does not have the required 'runs:cancel' scope."
    assert error.request_id and len(error.request_id) == 36 and error.request_id in str(error)
    assert isinstance(error, codecourier.ApiError) and isinstance(error, codecourier.Error)
    with pytest.raises(codecourier.AuthInvalid):
        service.with_key("cc_live_nonsense").whoami()


def test_the_asynchronous_client_does_the_same(service: places.Service) -> None:
    async def day() -> None:
        cc = codecourier.AsyncClient(service.base, service.key) if service.base else codecourier.open_async(service.data, key=service.key)
        async with cc:
            assert (await cc.whoami()).name == "tests"
            tag = f"Async {next(counter)}"
            made = await asyncio.gather(*(cc.issues.create(title=f"{tag} {n}") for n in range(6)))
            page = await cc.issues.list(limit=4, q=tag)
            assert len(page) == 4 and page.has_more and len(list(page)) == 4
            assert {one.id async for one in page} == {one.id for one in made}
            pages = cc.issues.list(limit=4, q=tag)
            assert [one.id async for one in pages] == [one.id async for one in page] and pages.cursor
            with pytest.raises(codecourier.NotFound):
                await cc.runs.get("run_abc")
            assert (await cc.openapi())["openapi"] and len(await cc.scopes.list()) >= 27
            assert {one.deleted for one in await cc.runs.bulk_delete(ids=["run_0000000000000000000000"])} == {False}
            assert service.key not in repr(cc)

    asyncio.run(day())

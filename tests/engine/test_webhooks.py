"""Webhooks: messages that a worker really posts, to a real receiver, checked by the library of those who made the standard."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from instance import Instance, Refused, stop
from receiver import Receiver, served
from standardwebhooks.webhooks import Webhook, WebhookVerificationError
from test_forges import KINDS, opened

Json = dict[str, Any]
# After the first attempt, the second …, as the standard recommends; in seconds.
DELAYS = (5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)


@pytest.fixture
def receiver(instance: Instance) -> Iterator[Receiver]:
    with served(instance) as made:
        yield made


def endpoint(instance: Instance, url: str, *events: str, mode: str = "live", **more: object) -> Json:
    made: Json = instance.ask("POST", "/webhooks/endpoints", {"url": url, "events": list(events)} | more, mode)["data"]
    return made


def issue(instance: Instance, title: str = "It fails") -> str:
    return str(instance.ask("POST", "/issues", {"title": title})["data"]["id"])


def deliveries(instance: Instance, hook: Json) -> list[Json]:
    found: list[Json] = instance.ask("GET", f"/webhooks/endpoints/{hook['id']}/deliveries?limit=100")["data"]
    return found


def only(instance: Instance, hook: Json) -> Json:
    (one,) = deliveries(instance, hook)
    return one


# ---- what is sent


def test_a_run_is_told_of_from_its_start_to_its_end(instance: Instance, receiver: Receiver) -> None:
    hook = endpoint(instance, f"{receiver.here}/hook?from=courier")
    instance.agent("agent", "print('done')")
    run = instance.start(instance.workflow({"role": "custom", "agent": "agent", "instructions": "Speak."}), "live")
    instance.drain()
    assert sorted(receiver.types()) == ["run.completed", "run.started", "step.completed"]
    data = {one.json["type"]: one.json["data"] for one in receiver.came}
    project = instance.ask("GET", "/project")["data"]["id"]
    assert data["run.completed"] == {"mode": "live", "projectId": project, "runId": run, "status": "completed"}
    assert data["step.completed"] == {"mode": "live", "projectId": project, "runId": run, "iteration": 1, "position": 0, "status": "completed"}
    for message in receiver.came:
        assert message.path == "/hook?from=courier" and message.headers["content-type"] == "application/json"
        assert Webhook(hook["secret"]).verify(message.body, message.headers) == message.json
        with pytest.raises(WebhookVerificationError):
            Webhook(hook["secret"]).verify(message.body + b" ", message.headers)
    listed = deliveries(instance, hook)
    assert {one["id"] for one in listed} == {one.id for one in receiver.came}
    assert all((one["status"], one["attempts"], one["responseStatus"], one["nextAttemptAt"]) == ("delivered", 1, 204, None) for one in listed)
    assert instance.ask("GET", f"/webhooks/endpoints/{hook['id']}")["data"]["lastDeliveryAt"]


def test_each_is_told_of_what_it_wants_and_a_rehearsal_says_that_it_is_one(instance: Instance, receiver: Receiver) -> None:
    endpoint(instance, f"{receiver.here}/issues", "issue.created")
    endpoint(instance, f"{receiver.here}/ends", "run.failed", "run.cancelled", mode="test")
    flow = instance.workflow({"role": "designer"})
    made = issue(instance)
    run = instance.start(flow)
    instance.ask("POST", f"/runs/{run}/cancel")
    instance.drain()
    said = {one.path: (one.json["type"], one.json["data"]) for one in receiver.came}
    assert len(receiver.came) == 2 and said["/issues"][0] == "issue.created" and said["/issues"][1]["issueId"] == made
    assert said["/ends"][0] == "run.cancelled" and (said["/ends"][1]["mode"], said["/ends"][1]["runId"]) == ("test", run)


def test_a_learning_is_told_of_when_it_is_proposed(instance: Instance, receiver: Receiver) -> None:
    endpoint(instance, receiver.here, "learning.proposed")
    made = instance.ask("POST", "/learnings", {"title": "Tests", "content": "They need a database."}, "live")["data"]["id"]
    instance.ask("POST", f"/learnings/{made}/approve", {}, "live")
    instance.drain()
    assert [(one.json["type"], one.json["data"]["learningId"]) for one in receiver.came] == [("learning.proposed", made)]


def test_an_endpoint_is_told_of_runs_of_its_own_mode_only(instance: Instance, receiver: Receiver) -> None:
    """A test key that makes one shall not learn of live runs by it: it cannot read them."""
    for mode in ("live", "test"):
        endpoint(instance, f"{receiver.here}/{mode}", "run.started", "issue.created", mode=mode)
    instance.agent("agent", "print('done')")
    instance.start(instance.workflow({"role": "custom", "agent": "agent"}), "live")
    instance.start(instance.workflow({"role": "designer"}))
    issue(instance)
    instance.drain()
    assert sorted((one.path, one.json["type"]) for one in receiver.came) == [
        ("/live", "issue.created"), ("/live", "run.started"), ("/test", "issue.created"), ("/test", "run.started"),
    ]  # fmt: skip
    assert all(one.path == f"/{one.json['data']['mode']}" for one in receiver.came if one.json["type"] == "run.started")


def test_an_endpoint_ends_with_the_right_of_whom_it_acts_for(instance: Instance, receiver: Receiver) -> None:
    secret = instance.make_key("live")
    mine, instance.keys["live"] = instance.keys["live"], secret
    hook = endpoint(instance, receiver.here, "issue.created")
    issue(instance, "Before")
    instance.drain()
    instance.keys["live"] = mine
    instance.helper("key", "revoke", hook["actsFor"], "--data", str(instance.data))
    issue(instance, "After")
    instance.drain()
    is_now = instance.ask("GET", f"/webhooks/endpoints/{hook['id']}")["data"]
    assert (len(receiver.came), is_now["isEnabled"], is_now["disabledReason"]) == (1, False, "forbidden")
    # Who switches it on again has it act for himself, and what waited is delivered.
    instance.ask("PATCH", f"/webhooks/endpoints/{hook['id']}", {"isEnabled": True}, "live")
    instance.drain()
    assert len(receiver.came) == 2


def test_nobody_is_told_of_what_he_may_not_read(instance: Instance) -> None:
    secret = instance.helper("key", "create", "--data", str(instance.data), "--name", "hooks", "--scopes", "webhooks:write,runs:read", "--quiet")
    mine, instance.keys["live"] = instance.keys["live"], secret
    for events in (["key.created"], ["run.failed", "member.joined"], []):
        with pytest.raises(Refused) as refused:
            endpoint(instance, "https://example.com/", *events)
        assert refused.value.status == 403 and "needs the scope" in refused.value.error["message"]
    assert endpoint(instance, "https://example.com/", "run.failed")["events"] == ["run.failed"]
    instance.keys["live"] = mine
    wide = endpoint(instance, "https://example.com/", "key.created")
    instance.keys["live"] = secret
    with pytest.raises(Refused, match="403"):
        instance.ask("PATCH", f"/webhooks/endpoints/{wide['id']}", {"url": "https://example.org/"}, "live")


def test_a_chain_that_ends_is_told_of(instance: Instance, receiver: Receiver) -> None:
    hook = endpoint(instance, receiver.here, "chain.completed", "chain.failed", mode="test")
    flow = instance.workflow({"role": "designer"})
    chain = instance.ask("POST", "/chains", {"name": "Twice", "source": "sprint", "workflowId": flow, "runCount": 2, "prompt": "Go."})["data"]["id"]
    instance.drain()
    assert [(one["event"], one["status"]) for one in deliveries(instance, hook)] == [("chain.completed", "delivered")]
    assert receiver.came[0].json["data"]["chainId"] == chain


def test_a_pull_request_is_told_of_when_it_is_opened_and_once_when_it_is_merged(instance: Instance, receiver: Receiver) -> None:
    endpoint(instance, receiver.here, "pr.created", "pr.merged")
    with opened(instance, KINDS[0]) as it:
        it.becomes(state="merged")
        for _ in range(2):
            it.post("refresh")
            it.worked()
    assert receiver.types() == ["pr.created", "pr.merged"]
    for message, status in zip(receiver.came, ("open", "merged"), strict=True):
        said = message.json["data"]
        assert (said["pullRequestId"], said["runId"], said["number"], said["status"], said["mode"]) == (it.id, it.run["id"], 7, status, "live")


def test_keys_that_come_and_go_are_told_of(instance: Instance, receiver: Receiver) -> None:
    endpoint(instance, receiver.here, "key.created", "key.revoked")
    secret = instance.make_key("live")
    key = instance.sql("SELECT id FROM api_keys ORDER BY id DESC LIMIT 1")[0][0]
    instance.helper("key", "revoke", "--data", str(instance.data), key)
    instance.drain()
    assert sorted((one.json["type"], one.json["data"]["keyId"]) for one in receiver.came) == [("key.created", key), ("key.revoked", key)]
    assert all(secret.encode() not in one.body for one in receiver.came)


def test_somebody_who_joins_is_told_of(instance: Instance, receiver: Receiver) -> None:
    endpoint(instance, receiver.here, "member.joined")
    every = ",".join(one["scope"] for one in instance.ask("GET", "/scopes")["data"])
    instance.keys["all"] = instance.helper("key", "create", "--data", str(instance.data), "--name", "all", "--scopes", every, "--quiet")
    token = instance.ask("POST", "/members/invitations", {"email": "grace@example.com"}, mode="all")["data"]["token"]
    instance.ask("POST", "/session/accept-invitation", {"token": token, "name": "Grace", "password": "a sea of green leaves"}, HTTP_AUTHORIZATION="")
    instance.drain()
    assert receiver.types() == ["member.joined"]
    said = receiver.came[0].json["data"]
    assert said["memberId"].startswith("usr_") and said["role"] == "member" and b"grace" not in receiver.came[0].body


def test_nothing_is_written_where_nobody_listens(instance: Instance, receiver: Receiver) -> None:
    hook = endpoint(instance, receiver.here, "run.failed")
    endpoint(instance, receiver.here, isEnabled=False)
    issue(instance)
    instance.drain()
    assert deliveries(instance, hook) == [] and instance.sql("SELECT count(*) FROM webhook_deliveries")[0][0] == 0


def test_a_test_goes_to_that_one_alone_and_a_replay_has_the_same_id(instance: Instance, receiver: Receiver) -> None:
    hook = endpoint(instance, f"{receiver.here}/this", "run.failed")
    endpoint(instance, f"{receiver.here}/other")
    sent = instance.ask("POST", f"/webhooks/endpoints/{hook['id']}/test", mode="live")["data"]
    instance.drain()
    assert [(one.path, one.json["type"], one.id) for one in receiver.came] == [("/this", "webhook.test", sent["id"])]
    instance.ask("POST", f"/webhooks/endpoints/{hook['id']}/deliveries/{sent['id']}/replay", mode="live")
    instance.drain()
    first, second = receiver.came
    assert first.id == second.id and first.body == second.body
    assert Webhook(hook["secret"]).verify(second.body, second.headers)


def test_for_a_day_both_secrets_sign(instance: Instance, receiver: Receiver) -> None:
    hook = endpoint(instance, receiver.here)
    new = instance.ask("POST", f"/webhooks/endpoints/{hook['id']}/rotate", mode="live")["data"]["secret"]
    issue(instance)
    instance.drain()
    (message,) = receiver.came
    assert len(message.headers["webhook-signature"].split(" ")) == 2
    for secret in (hook["secret"], new):
        assert Webhook(secret).verify(message.body, message.headers)
    instance.sql("UPDATE webhook_endpoints SET previous_secret_until = previous_secret_until - 86400000")
    issue(instance)
    instance.drain()
    later = receiver.came[1]
    assert Webhook(new).verify(later.body, later.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(hook["secret"]).verify(later.body, later.headers)


# ---- what is not taken


def test_it_is_tried_again_later_and_later_and_then_not_any_more(instance: Instance, receiver: Receiver) -> None:
    receiver.answer = lambda _: (500, {})
    hook = endpoint(instance, receiver.here)
    instance.own_clock()
    issue(instance)
    instance.worker()
    for n, delay in enumerate(DELAYS, 1):
        instance.wait(lambda n=n: only(instance, hook)["attempts"] == n)  # type: ignore[misc]
        one = only(instance, hook)
        assert (one["status"], one["responseStatus"], one["lastError"], one["lastErrorCode"]) == ("pending", 500, "It answered 500.", "ANSWERED")
        ((due, at),) = instance.sql("SELECT due_at, updated_at FROM webhook_deliveries")
        assert delay <= (due - at) / 1000 <= delay * 1.1
        instance.let_pass(delay * 1.1)
    instance.wait(lambda: only(instance, hook)["status"] == "failed")
    assert only(instance, hook)["attempts"] == len(DELAYS) + 1 == len(receiver.came) and only(instance, hook)["nextAttemptAt"] is None
    assert len({one.id for one in receiver.came}) == 1 and len({one.body for one in receiver.came}) == 1


def test_a_receiver_that_asks_for_time_gets_it(instance: Instance, receiver: Receiver) -> None:
    receiver.answer = lambda _: (429, {"Retry-After": "1234"})
    hook = endpoint(instance, receiver.here)
    issue(instance)
    instance.drain()
    ((due, at),) = instance.sql("SELECT due_at, updated_at FROM webhook_deliveries")
    assert due - at == 1234000 and only(instance, hook)["responseStatus"] == 429


def test_one_that_is_gone_is_switched_off(instance: Instance, receiver: Receiver) -> None:
    receiver.answer = lambda _: (410, {})
    hook = endpoint(instance, receiver.here)
    issue(instance)
    instance.drain()
    is_now = instance.ask("GET", f"/webhooks/endpoints/{hook['id']}")["data"]
    assert (is_now["isEnabled"], is_now["disabledReason"], only(instance, hook)["status"]) == (False, "gone", "failed")
    issue(instance)
    instance.drain()
    assert len(receiver.came) == 1
    again = instance.ask("PATCH", f"/webhooks/endpoints/{hook['id']}", {"isEnabled": True}, "live")["data"]
    assert (again["isEnabled"], again["disabledReason"]) == (True, None)


def test_redirects_are_not_followed_and_long_answers_not_read(instance: Instance, receiver: Receiver) -> None:
    receiver.answer = lambda message: (302, {"Location": f"{receiver.here}/else"}) if message.path == "/moved" else (200, {"Content-Length": str(1 << 30)})
    moved, long = endpoint(instance, f"{receiver.here}/moved"), endpoint(instance, f"{receiver.here}/long")
    issue(instance)
    instance.worker()
    instance.wait(lambda: only(instance, moved)["attempts"] == 1)
    failed = only(instance, moved)
    assert (failed["lastError"], failed["lastErrorCode"]) == ("It answered 302, and redirects are not followed.", "REDIRECTED")
    assert all(one.path != "/else" for one in receiver.came)
    instance.wait(lambda: only(instance, long)["attempts"] == 1)


# ---- where it may go


@pytest.mark.parametrize("url", ["http://127.0.0.1:{port}/", "http://localhost:{port}/", "http://[::1]:{port}/", "http://0x7f.1:{port}/", "http://10.0.0.1/",
                                 "http://169.254.169.254/latest", "http://[fd00::1]/", "https://user@example.com/", "gopher://example.com/"])  # fmt: skip
def test_an_address_that_may_not_be_is_refused_at_the_door(instance: Instance, receiver: Receiver, url: str) -> None:
    instance.conf["webhookPrivateHosts"] = ""
    instance.write_conf()
    with pytest.raises(Refused) as refused:
        endpoint(instance, url.format(port=receiver.port))
    assert refused.value.status == 400 and refused.value.error["field"] == "url"


def test_what_a_name_resolves_to_is_judged_when_it_is_connected_to(instance: Instance, receiver: Receiver) -> None:
    allowed = endpoint(instance, f"http://localhost:{receiver.port}/allowed")
    name = socket.gethostname()  # which the machine resolves to an address of its own
    hook = endpoint(instance, f"http://{name}:{receiver.port}/name")
    issue(instance)
    instance.drain()
    assert only(instance, allowed)["status"] == "delivered"
    instance.conf["webhookPrivateHosts"] = ""
    instance.write_conf()
    for one in (allowed, hook):
        before = len(receiver.came)
        instance.ask("POST", f"/webhooks/endpoints/{one['id']}/test", mode="live")
        instance.drain()
        failed = deliveries(instance, one)[0]
        assert failed["status"] == "pending" and failed["responseStatus"] is None and "not public" in failed["lastError"] and failed["lastErrorCode"] == "ADDRESS_REFUSED", failed
        assert len(receiver.came) == before


# ---- what may happen meanwhile


def test_a_worker_that_is_killed_before_it_delivers_loses_nothing(instance: Instance, receiver: Receiver) -> None:
    hook = endpoint(instance, receiver.here)
    for n in range(20):
        issue(instance, f"Issue {n}")
    receiver.answer = lambda _: (time.sleep(60), (204, {}))[1]
    worker = instance.worker()
    instance.wait(lambda: receiver.came)
    stop(worker, signal.SIGKILL)
    sent = {one.id for one in receiver.came}
    assert sent and all(one["status"] == "pending" for one in deliveries(instance, hook))
    receiver.answer = lambda _: (204, {})
    receiver.came.clear()
    instance.sql("UPDATE webhook_deliveries SET due_at = due_at - 60000, taken_until = taken_until - 60000 WHERE taken_until IS NOT NULL")
    instance.drain()
    assert all(one["status"] == "delivered" for one in deliveries(instance, hook))
    # Some may come twice, with the same id: what the dead worker's process still sent was taken by nobody.
    assert len({one.id for one in receiver.came}) == 20 and sent <= {one.id for one in receiver.came}


def test_a_worker_that_is_told_to_stop_hears_the_answers_first(instance: Instance, receiver: Receiver) -> None:
    receiver.answer = lambda _: (time.sleep(1), (204, {}))[1]
    hook = endpoint(instance, receiver.here)
    issue(instance)
    worker = instance.worker()
    instance.wait(lambda: receiver.came)
    assert stop(worker) == 0 and only(instance, hook)["status"] == "delivered", instance.log_text()


def test_the_process_that_posts_may_die(instance: Instance, receiver: Receiver) -> None:
    hook = endpoint(instance, receiver.here)
    receiver.answer = lambda _: (time.sleep(60), (204, {}))[1]
    issue(instance)
    worker = instance.worker()
    instance.wait(lambda: receiver.came)
    children = Path(f"/proc/{worker.pid}/task/{worker.pid}/children").read_text().split()
    for child in children:
        os.kill(int(child), signal.SIGKILL)
    instance.wait(lambda: "has ended" in instance.log_text())
    receiver.answer = lambda _: (204, {})
    instance.sql("UPDATE webhook_deliveries SET due_at = due_at - 60000, taken_until = taken_until - 60000 WHERE taken_until IS NOT NULL")
    instance.wait(lambda: only(instance, hook)["status"] == "delivered")
    assert len({one.id for one in receiver.came}) == 1 < len(receiver.came)


def test_one_that_is_dead_delays_nobody(instance: Instance, receiver: Receiver) -> None:
    dead = endpoint(instance, f"{receiver.here}/dead")
    alive = endpoint(instance, f"{receiver.here}/alive")
    receiver.answer = lambda message: (time.sleep(30) if message.path == "/dead" else None, (204, {}))[1]
    for n in range(50):
        issue(instance, f"Issue {n}")
    instance.worker()
    instance.wait(lambda: sum(one["status"] == "delivered" for one in deliveries(instance, alive)) == 50)
    assert not any(one["status"] == "delivered" for one in deliveries(instance, dead))


def test_several_workers_share_the_work_and_send_nothing_twice(instance: Instance, receiver: Receiver) -> None:
    hook = endpoint(instance, receiver.here)
    project = instance.ask("GET", "/project")["data"]["id"]
    many = 300
    with_many(instance, project, hook["id"], many)
    workers = [instance.worker("--drain") for _ in range(3)]
    assert [worker.wait(timeout=60) for worker in workers] == [0, 0, 0], instance.log_text()
    assert len(receiver.came) == len({one.id for one in receiver.came}) == many
    assert instance.sql("SELECT status, count(*) FROM webhook_deliveries GROUP BY status") == [("delivered", many)]


def with_many(instance: Instance, project: str, hook: str, many: int) -> None:
    issue(instance)
    instance.sql("INSERT INTO webhook_deliveries (project_id, endpoint_id, id, event, payload, status, due_at, created_at, updated_at) "
                 "WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < ?) SELECT d.project_id, d.endpoint_id, "
                 "substr(d.id, 1, 20) || printf('%06d', n.i), d.event, d.payload, d.status, d.due_at, d.created_at, d.updated_at "
                 "FROM n, webhook_deliveries d WHERE d.project_id = ? AND d.endpoint_id = ?", many, project, hook)  # fmt: skip


def test_old_deliveries_are_not_listed_for_ever(instance: Instance, receiver: Receiver) -> None:
    hook = endpoint(instance, receiver.here)
    issue(instance)
    instance.drain()
    instance.sql("UPDATE webhook_deliveries SET created_at = created_at - ?", 31 * 86400000)
    issue(instance)
    instance.drain()
    assert len(deliveries(instance, hook)) == 1


def test_an_endpoint_that_is_deleted_takes_its_deliveries_along(instance: Instance, receiver: Receiver) -> None:
    hook = endpoint(instance, receiver.here)
    issue(instance)
    instance.ask("DELETE", f"/webhooks/endpoints/{hook['id']}", mode="live")
    instance.drain()
    assert receiver.came == [] and instance.sql("SELECT count(*) FROM webhook_deliveries")[0][0] == 0


def test_a_project_has_twenty_at_most(instance: Instance) -> None:
    for n in range(20):
        endpoint(instance, f"https://hooks.invalid/{n}")
    with pytest.raises(Refused) as refused:
        endpoint(instance, "https://hooks.invalid/21")
    assert refused.value.status == 409

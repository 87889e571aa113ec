"""Who follows a run costs a connection, not a process: many of them with one FastCGI worker, which goes on serving everybody else."""

from __future__ import annotations

import contextlib
import json
import select
import signal
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

import installation
import servers
from transcript import Answer, Request


class Worker(servers.Fastcgi):
    workers = 1
    holds = True
    settings = "rateLimit = 10000\nrateBurst = 1000\n"

    def start(self) -> None:
        with open(self.data / "codecourier.conf", "a") as conf:
            conf.write(self.settings)
        super().start()


class WorkerForOne(Worker):
    settings = "maxFollowers = 1\n"


def running(kind: type[Worker]) -> Iterator[Worker]:
    transport = kind()
    try:
        installation.command("init", "--data", transport.data)
        transport.start()
        yield transport
    finally:
        transport.stop()


@pytest.fixture
def worker() -> Iterator[Worker]:
    yield from running(Worker)


@pytest.fixture
def worker_for_one() -> Iterator[Worker]:
    yield from running(WorkerForOne)


class Follower:
    """A project with one run that waits for a worker, and all who wait for news of it."""

    def __init__(self, transport: servers.Fastcgi) -> None:
        self.transport = transport
        self.project = installation.Project(transport.data)
        self.run = self.ask("POST", "/runs", {"workflowId": self.ask("GET", "/workflows").json["data"][0]["id"]}).json["data"]["id"]

    def request(self, method: str, path: str, body: object = None, *, key: str = "", **headers: str) -> Request:
        content = b"" if body is None else json.dumps(body).encode()
        named = [("Authorization", f"Bearer {key or self.project('admin')}"), ("Content-Type", "application/json"), *headers.items()]
        return Request(method, f"/api/v1{path}", named, content)

    def ask(self, method: str, path: str, body: object = None) -> Answer:
        answer = self.transport.send(self.request(method, path, body))
        assert answer.status < 300, answer
        return answer

    def poll(self, seconds: int = 20, key: str = "") -> socket.socket:
        return self.begin(self.request("GET", f"/runs/{self.run}/events?after=1&wait={seconds}", key=key))

    def stream(self, key: str = "") -> socket.socket:
        return self.begin(self.request("GET", f"/runs/{self.run}/events?after=1", key=key, Accept="text/event-stream"))

    def begin(self, request: Request) -> socket.socket:
        connection = self.transport.connect(request)
        self.transport.send_body(connection, b"")
        return connection

    def cancel(self) -> None:
        self.ask("POST", f"/runs/{self.run}/cancel")

    def receive(self, connection: socket.socket) -> Answer:
        return self.transport.receive(connection)

    def soon(self) -> None:
        """All that was begun before is in the worker's hands: it takes one connection after the other."""
        self.ask("GET", "/health")


def processes(transport: servers.Fastcgi) -> int:
    return len(transport.programs())


def test_two_hundred_followers_and_one_worker(worker: Worker) -> None:
    place = Follower(worker)
    polls, streams = [], []
    for _ in range(50):
        polls.append(place.poll())
        streams += [place.stream() for _ in range(3)]
        place.soon()
    assert processes(worker) == 1
    place.cancel()
    with ThreadPoolExecutor(8) as pool:
        polled, streamed = list(pool.map(place.receive, polls)), list(pool.map(place.receive, streams))
    for answer in polled:
        [event] = answer.json["data"]
        assert (answer.status, event["type"], event["data"]["status"]) == (200, "status", "cancelled")
    for answer in streamed:
        assert answer.status == 200 and answer.header("Content-Type") == "text/event-stream; charset=utf-8"
        assert answer.body.count(b"id: 2\n") == 1 and b'"status":"cancelled"' in answer.body


def test_a_held_answer_is_what_one_who_did_not_wait_gets(worker: Worker) -> None:
    place = Follower(worker)
    waiting = place.poll()
    place.soon()
    place.cancel()
    held, asked = place.receive(waiting), place.ask("GET", f"/runs/{place.run}/events?after=1")
    assert held.body == asked.body
    names = [[name for name, _ in answer.headers] for answer in (held, asked)]
    assert names[0] == names[1] and held.header("Content-Length") == asked.header("Content-Length")


def test_a_poll_whose_time_is_over_has_an_empty_page(worker: Worker) -> None:
    place = Follower(worker)
    answer = place.receive(place.poll(seconds=1))
    assert (answer.status, answer.json["data"]) == (200, [])


def test_who_waits_hears_no_more_when_the_key_is_revoked(worker: Worker) -> None:
    place = Follower(worker)
    made = place.ask("POST", "/project/api-keys", {"name": "follower", "scopes": ["runs:read"]}).json["data"]
    waiting = place.poll(key=made["key"]), place.stream(key=made["key"])
    place.soon()
    place.ask("DELETE", f"/project/api-keys/{made['id']}")
    poll, stream = map(place.receive, waiting)
    assert (poll.status, poll.json["error"]["code"]) == (403, "FORBIDDEN")
    assert (stream.status, b"id:" in stream.body) == (200, False)


def test_a_worker_that_is_told_to_stop_gives_everybody_a_good_end(worker: Worker) -> None:
    place = Follower(worker)
    waiting = [place.poll(), place.stream()]
    place.soon()
    worker.processes[0].send_signal(signal.SIGTERM)
    poll, stream = map(place.receive, waiting)
    assert (poll.status, poll.json["data"], stream.status) == (200, [], 200)
    assert worker.processes[0].wait(10) == 0


def test_who_hangs_up_makes_room(worker_for_one: Worker) -> None:
    place = Follower(worker_for_one)
    first = place.stream()
    place.soon()
    assert place.receive(place.poll()).status == 503
    first.close()
    end = time.monotonic() + 60
    while (answer := place.receive(place.poll(seconds=1))).status == 503:
        assert time.monotonic() < end, answer


def test_a_follower_that_takes_nothing_delays_nobody(worker: Worker) -> None:
    """Its events stay in its connection and then in the worker, and the worker does not wait for it."""
    place = Follower(worker)
    deaf = place.stream()
    deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
    other = place.stream()
    place.soon()
    place.cancel()
    assert b'"status":"cancelled"' in place.receive(other).body
    assert place.ask("GET", "/whoami").status == 200
    with contextlib.closing(deaf):
        assert b'"status":"cancelled"' in place.receive(deaf).body


def test_a_web_server_that_gives_one_request_at_a_time_is_not_held_to_more(fastcgi: servers.Fastcgi) -> None:
    """Without CODECOURIER_HOLD a poll keeps its worker, and maxWaiting bounds them: the last worker stays free."""
    place = Follower(fastcgi)
    waiting = [place.poll(), place.poll()]
    [refused], _, _ = select.select(waiting, [], [])
    assert place.receive(refused).status == 503
    place.cancel()
    [held] = [connection for connection in waiting if connection is not refused]
    assert place.receive(held).json["data"][0]["data"]["status"] == "cancelled"


class Sleeper(servers.Fastcgi):
    """Whose answers that go on keep a worker each."""

    def start(self) -> None:
        (self.data / "codecourier.conf").write_text("lookMs = 100\nrateLimit = 0\n")
        super().start()


class Looker(Worker):
    settings = "lookMs = 100\nrateLimit = 0\n"


@pytest.mark.parametrize("kind", [Looker, Sleeper])
def test_a_stream_outlives_a_storage_that_is_away_for_a_moment(kind: type[servers.Fastcgi]) -> None:
    transport = kind()
    try:
        installation.command("init", "--data", transport.data)
        transport.start()
        place = Follower(transport)
        stream, away = place.stream(), transport.data.with_name("away")
        place.soon()
        health = place.request("GET", "/health")
        transport.data.rename(away)
        seen = [transport.send(health).status for _ in range(5) if not time.sleep(0.2)]
        assert 503 in seen, seen
        away.rename(transport.data)
        end = time.monotonic() + 60
        while transport.send(health).status != 200:
            assert time.monotonic() < end, transport.logs()
        place.cancel()
        answer = place.receive(stream)
        assert answer.body.count(b"id: ") == 1 and b'"status":"cancelled"' in answer.body, answer
    finally:
        transport.stop()


def test_a_stream_that_begins_behind_time_ends_with_the_last_event(worker: Worker) -> None:
    """The run is over, and not all of it told: what is left, then the end, at once; whoever comes again is told to stop."""
    place = Follower(worker)
    place.cancel()
    late = place.receive(place.stream())
    assert (late.status, late.body.count(b"id: ")) == (200, 1)
    assert place.receive(place.begin(place.request("GET", f"/runs/{place.run}/events?after=2", Accept="text/event-stream"))).status == 204


def numbers(answer: Answer) -> list[int]:
    """Of the changes that a stream tells; its first lines say where it begins, and are none."""
    return [json.loads(line[len(b"data: "):])["seq"] for line in answer.body.splitlines() if line.startswith(b"data: ")]


def test_who_follows_a_project_hears_each_change_once_and_in_order_through_a_restart(worker: Worker) -> None:
    """Fifty of them cost one process, as those of a run do.  A stream that is broken off says where it goes on."""
    place = Follower(worker)
    starter = place.project("starter")

    def changes(**more: str) -> socket.socket:
        return place.begin(place.request("GET", "/events", Accept="text/event-stream", **more))

    streams = [changes() for _ in range(48)]
    few = place.begin(place.request("GET", "/events", key=starter, Accept="text/event-stream"))
    latest = place.ask("GET", "/events").json["data"][-1]["seq"]
    poll = place.begin(place.request("GET", f"/events?after={latest}&wait=20"))
    place.soon()
    assert processes(worker) == 1
    place.ask("POST", "/workflows", {"name": "flow", "steps": [{"role": "designer"}]})
    place.cancel()
    assert place.receive(poll).json["data"][0]["kind"] == "workflows"
    heard = [change["seq"] for change in place.ask("GET", f"/events?after={latest}").json["data"]]
    assert heard == [latest + 1, latest + 2]
    place.soon()
    worker.processes[0].send_signal(signal.SIGTERM)
    answers = [place.receive(stream) for stream in streams]
    told = [numbers(answer) for answer in answers]
    assert all(answer.body.startswith(b": here\nid: %d\n\n" % latest) for answer in answers), answers[0]
    assert all(one == heard for one in told), told
    assert numbers(place.receive(few)) == heard[1:]
    assert worker.processes.pop(0).wait(60) == 0
    worker.listener.close()
    worker.socket.unlink()
    servers.Fastcgi.start(worker)
    place.ask("PATCH", f"/runs/{place.run}", {"name": "once more"})
    again = changes(**{"Last-Event-ID": str(heard[0])})
    place.soon()
    place.ask("PATCH", f"/runs/{place.run}", {"name": "and again"})
    place.soon()
    worker.processes[0].send_signal(signal.SIGTERM)
    assert numbers(place.receive(again)) == [latest + 2, latest + 3, latest + 4]

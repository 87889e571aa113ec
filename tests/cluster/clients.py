"""Those who use the instance meanwhile, and what they were promised: each thing that was not kept is noted, and a round fails by it."""

from __future__ import annotations

import collections
import http.client
import itertools
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import network

Json = dict[str, Any]
PATIENCE = 120  # something is sure to come
TIMEOUT = 15  # of a client for one answer


@dataclass
class Answer:
    status: int  # 0: none came
    headers: dict[str, str] = field(default_factory=dict)
    body: Json = field(default_factory=dict)
    words: str = ""

    @property
    def code(self) -> str:
        return str(self.body.get("error", {}).get("code", ""))


def ask(host: network.Machine, method: str, path: str, body: object = None, timeout: float = TIMEOUT, **headers: str) -> Answer:
    connection = http.client.HTTPConnection(host.address, 8080, timeout=timeout)
    try:
        text = None if body is None else json.dumps(body)
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, f"/api/v1{path}", text, ({"Content-Type": "application/json"} if text else {}) | more)
        response = connection.getresponse()
        answer = response.read().decode(errors="replace")
        try:
            found = json.loads(answer) if answer else {}
        except ValueError:
            found = {}
        return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, found, answer[:300])
    except (OSError, http.client.HTTPException) as error:
        return Answer(0, words=str(error) or type(error).__name__)
    finally:
        connection.close()


class Load:
    """Writers, readers and followers on all web hosts.  What they know of is kept from round to round."""

    writers = 6

    def __init__(self, webs: list[network.Machine], key: str, ran: Path) -> None:
        self.webs, self.key, self.ran = webs, key, ran
        self.lock = threading.Lock()
        self.wrongs: list[str] = []
        self.names: dict[str, str] = {}  # what was acknowledged: id by name
        self.runs: set[str] = set()
        self.further: dict[str, int] = {}  # attempts beyond the first, by run
        self.done: list[tuple[str, float, float]] = []  # host, asked, answered: of each write that was acknowledged
        self.statuses: collections.Counter[str] = collections.Counter()
        self.told: dict[str, set[str]] = {web.name: set() for web in webs}
        self.last: dict[str, int] = {}
        self.numbers = itertools.count(1)
        self.threads: list[threading.Thread] = []
        self.writing = self.following = False
        self.flow = ""
        self.woken = False  # a primary wakes that another one has followed: until it is stopped it answers what was true before

    def wrong(self, what: str) -> None:
        with self.lock:
            self.wrongs.append(what)

    def ask(self, host: network.Machine, method: str, path: str, body: object = None, **headers: str) -> Answer:
        """One that cannot be answered now has to be told: come again."""
        answer = ask(host, method, path, body, Authorization=f"Bearer {self.key}", **headers)
        with self.lock:
            self.statuses[f"{answer.status} {answer.code}".strip() if answer.status else "no answer"] += 1
        if answer.status >= 500 and (answer.status != 503 or "retry-after" not in answer.headers or not answer.code):
            self.wrong(f"{method} {path} by {host.name}: {answer.status} {answer.headers.get('retry-after')} {answer.words}")
        return answer

    def hosts(self, number: int) -> Iterator[network.Machine]:
        """One after the other: a client whose host does not answer goes to the next."""
        return itertools.islice(itertools.cycle(self.webs), number % len(self.webs), None)

    def until_answered(self, number: int, method: str, path: str, body: object = None, **headers: str) -> tuple[Answer, network.Machine]:
        until = time.monotonic() + PATIENCE
        for host in self.hosts(number):
            began = time.monotonic()
            answer = self.ask(host, method, path, body, **headers)
            if 200 <= answer.status < 300:
                if method == "POST":
                    with self.lock:
                        self.done.append((host.name, began, time.monotonic()))
                return answer, host
            if answer.status not in (0, 503) and answer.code != "IDEMPOTENCY_IN_PROGRESS":
                self.wrong(f"{method} {path} by {host.name}: {answer.status} {answer.words}")
                return answer, host
            if time.monotonic() > until:
                self.wrong(f"{method} {path}: no answer in {PATIENCE} seconds, the last is {answer.status} {answer.words}")
                return answer, host
            time.sleep(0.25)
        raise AssertionError

    # ---- who writes

    def write(self) -> None:
        number = next(self.numbers)
        name, body = f"w{number}", {"name": f"w{number}", "steps": [{"role": "designer"}]}
        answer, host = self.until_answered(number, "POST", "/workflows", body, Idempotency_Key=name)
        if answer.status != 201:
            return
        made = str(answer.body["data"]["id"])
        with self.lock:
            self.names[name] = made
        other = next(iter(self.hosts(number + 1)))
        until = time.monotonic() + PATIENCE
        while (seen := self.ask(other, "GET", f"/workflows/{made}")).status == 404 and self.woken and time.monotonic() < until:
            time.sleep(0.25)
        if seen.status not in (0, 200, 503):
            self.wrong(f"{name} was acknowledged by {host.name} and is {seen.status} at {other.name}: {seen.words}")
        if number % 5 == 0:
            again, _ = self.until_answered(number + 1, "POST", "/workflows", body, Idempotency_Key=name)
            if again.body.get("data", {}).get("id") != made or again.headers.get("idempotency-replayed") != "true":
                self.wrong(f"{name} was answered with {made}, and when asked again with {again.status} {again.words}")

    def start_run(self) -> None:
        number = next(self.numbers)
        answer, _ = self.until_answered(number, "POST", "/runs", {"workflowId": self.flow}, Idempotency_Key=f"r{number}")
        if answer.status == 201:
            with self.lock:
                self.runs.add(str(answer.body["data"]["id"]))
        time.sleep(0.5)

    # ---- who reads

    def rows(self, path: str, number: int = 0) -> list[Json]:
        """All pages of a list, each by another host."""
        rows: list[Json] = []
        cursor = ""
        while True:
            answer, _ = self.until_answered(number + len(rows) // 100, "GET", f"{path}?limit=100{cursor}")
            if answer.status != 200:
                return rows
            rows += answer.body["data"]
            if not answer.body["hasMore"]:
                return rows
            cursor = f"&cursor={answer.body['nextCursor']}"

    def listed(self) -> list[str]:
        return [str(row["id"]) for row in self.rows("/workflows", next(self.numbers))]

    def walk(self) -> None:
        with self.lock:
            before = set(self.names.values())
        until = time.monotonic() + PATIENCE
        listed = self.listed()
        while self.woken and not before <= set(listed) and time.monotonic() < until:
            listed = self.listed()
        if len(listed) != len(set(listed)):
            self.wrong(f"a list repeats {[row for row, count in collections.Counter(listed).items() if count > 1][:3]}")
        if missing := before - set(listed):
            self.wrong(f"a list misses {len(missing)} of {len(before)} that were acknowledged before: {sorted(missing)[:3]}")
        time.sleep(0.5)

    # ---- who follows

    def follow(self, web: network.Machine) -> None:
        """Its stream, taken up where it ended."""
        while self.following:
            connection = http.client.HTTPConnection(web.address, 8080, timeout=TIMEOUT * 2)
            try:
                more = {"Authorization": f"Bearer {self.key}", "Accept": "text/event-stream"}
                connection.request("GET", f"/api/v1/events?after={self.last[web.name]}", headers=more)
                response = connection.getresponse()
                if response.status == 200:
                    self.read(web, response)
                elif response.status != 503 or not response.getheader("Retry-After"):
                    self.wrong(f"who follows {web.name} is told {response.status}: {response.read()[:300]!r}")
            except (OSError, http.client.HTTPException):
                pass  # its machine is away
            finally:
                connection.close()
            time.sleep(0.2)

    def read(self, web: network.Machine, response: http.client.HTTPResponse) -> None:
        while self.following and (line := response.readline()):
            if not line.startswith(b"data: "):
                continue
            change = json.loads(line[6:])
            if change["seq"] != self.last[web.name] + 1:
                self.wrong(f"who follows {web.name} hears {change['seq']} behind {self.last[web.name]}")
            self.last[web.name] = change["seq"]
            if (change["kind"], change["action"]) == ("workflows", "create"):
                self.told[web.name].add(str(change["id"]))

    # ---- all of them

    def begin(self) -> None:
        if not self.last:
            answer, _ = self.until_answered(0, "GET", "/events")
            self.last = {web.name: int(answer.body["data"][-1]["seq"]) for web in self.webs}
        self.writing = self.following = True

        def over_and_over(what: Callable[[], None]) -> None:
            while self.writing:
                what()
                time.sleep(0.1)

        for what in [*[self.write] * self.writers, self.start_run, self.walk]:
            self.threads.append(threading.Thread(target=over_and_over, args=(what,), daemon=True))
        for web in self.webs:
            self.threads.append(threading.Thread(target=self.follow, args=(web,), daemon=True))
        for thread in self.threads:
            thread.start()

    def end(self) -> None:
        """What was begun is answered; then everything is looked at."""
        self.writing = False
        for thread in self.threads[: -len(self.webs)]:
            thread.join()
        self.check_rows()
        self.check_runs()
        self.check_followers()
        self.following = False
        for thread in self.threads:
            thread.join(TIMEOUT * 3)
        self.threads = []

    def check_rows(self) -> None:
        listed = self.rows("/workflows")
        ours = collections.Counter(str(row["name"]) for row in listed if str(row["name"]) != "flow" and str(row["name"])[1:].isdigit())
        ids = {str(row["name"]): str(row["id"]) for row in listed}
        for name, count in ours.items():
            if count > 1:
                self.wrong(f"{name} is there {count} times")
            if name not in self.names:
                self.wrong(f"{name} is there and was not acknowledged")
        for name, made in self.names.items():
            if ids.get(name) != made:
                self.wrong(f"{name} was acknowledged as {made} and is {ids.get(name)}")

    def check_runs(self) -> None:
        until = time.monotonic() + PATIENCE
        while left := [row for row in self.rows("/runs") if row["status"] not in ("completed", "failed", "cancelled")]:
            if time.monotonic() > until:
                self.wrong(f"{len(left)} runs do not end: {left[0]['id']} is {left[0]['status']}")
                break
            time.sleep(0.5)
        rows = {str(row["id"]): row for row in self.rows("/runs")}
        if self.runs != set(rows):
            self.wrong(f"{len(self.runs)} runs were started and {len(rows)} are there")
        said = collections.Counter(line for line in self.ran.read_text().splitlines())
        for run in self.runs & set(rows):
            self.check_run(run, str(rows[run]["status"]), said)

    def check_run(self, run: str, status: str, said: collections.Counter[str]) -> None:
        answer, _ = self.until_answered(0, "GET", f"/runs/{run}/events?limit=1000")
        events = answer.body.get("data", [])
        started = [event["data"] for event in events if event["type"] == "step.started"]
        ended = [event["data"]["status"] for event in events if event["type"] == "status" and event["data"]["status"] in ("completed", "failed", "cancelled")]
        attempts = [(step["position"], step.get("iteration"), step.get("attempt", 1)) for step in started]
        if [event["seq"] for event in events] != list(range(1, len(events) + 1)):
            self.wrong(f"events of {run} have holes or twins")
        if status != "completed" or ended != ["completed"]:
            self.wrong(f"{run} is {status}, and its events say {ended}")
        self.further[run] = len(attempts) - 1
        if len(attempts) != len(set(attempts)):
            self.wrong(f"a step of {run} was begun twice as the same attempt: {attempts}")
        if not 1 <= said[f"began {run}"] <= len(attempts) or said[f"ended {run}"] < 1:
            self.wrong(f"{run} says {attempts}, and its agent ran {said[f'began {run}']} times")

    def check_followers(self) -> None:
        until = time.monotonic() + PATIENCE
        for web in self.webs:
            while missing := set(self.names.values()) - self.told[web.name]:
                if time.monotonic() > until:
                    self.wrong(f"who follows {web.name} does not hear of {len(missing)} of {len(self.names)}")
                    break
                time.sleep(0.2)

"""No sequence of operations lets an actor have a key with more than it had, or lift its own limits.

Somebody has stolen one key, of random strength, in a project with others that are stronger, weaker and ended.  He does at random
what can be done to keys, with every secret that he gets hold of.  What a key can do is computed here, apart from the program:
whatever he did, each key within his reach is still within it, and each key beyond it is as it was.
"""

from __future__ import annotations

import datetime
import ipaddress
import json
import os
import random
from collections.abc import Iterator
from typing import Any

import pytest

import installation
import servers
from transcript import Answer, Request

Key = dict[str, Any]

DEFAULT_RATE = 600
ROUNDS, STEPS = int(os.environ.get("CC_ROUNDS", "12")), 60
SCOPES = ["keys:write", "keys:read", "runs:write", "runs:read", "runs:cancel", "members:write", "schedules:write", "audit:read", "projects:write"]
NETWORKS = [None, ["127.0.0.0/8"], ["127.0.0.1/32"], ["127.0.0.0/8", "2001:db8::/32"], ["10.0.0.0/8"]]
RATES = [None, 300, 400, 600, 601, 5000]


def day(n: int) -> str:
    return (datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=n)).strftime("%Y-%m-%dT00:00:00Z")


EXPIRIES = [None, day(10), day(20), day(400)]


class Instance:
    def __init__(self, core: servers.Core) -> None:
        self.core = core
        self.includes: dict[str, set[str]] = {}

    def ask(self, method: str, path: str, key: str, body: object = None, shift_ms: int | None = None, **headers: str) -> Answer:
        sent = [("Authorization", f"Bearer {key}"), *((name.replace("_", "-"), value) for name, value in headers.items())]
        text = b"" if body is None else json.dumps(body).encode()
        return self.core.send(Request(method, f"/api/v1{path}", [*sent, ("Content-Type", "application/json")] if text else sent, text), shift_ms)

    def keys(self, owner: str) -> dict[str, Key]:
        found: dict[str, Key] = {}
        cursor = ""
        while True:
            answer = self.ask("GET", f"/project/api-keys?limit=100{cursor}", owner).json
            found |= {row["id"]: {name: row[name] for name in row if name != "lastUsedAt"} for row in answer["data"]}
            if not answer["hasMore"]:
                return found
            cursor = f"&cursor={answer['nextCursor']}"

    def expand(self, scopes: list[str]) -> set[str]:
        return set().union(*(self.includes[scope] for scope in scopes))

    def within(self, inner: Key, outer: Key) -> bool:
        """Can `inner` do nothing that `outer` cannot?"""
        networks = [ipaddress.ip_network(one) for one in inner["allowedNetworks"] or []]
        allowed = [ipaddress.ip_network(one) for one in outer["allowedNetworks"] or []]
        return (
            self.expand(inner["scopes"]) <= self.expand(outer["scopes"])
            and (inner["mode"] == outer["mode"] or outer["mode"] == "live")
            and (not outer["expiresAt"] or bool(inner["expiresAt"]) and inner["expiresAt"] <= outer["expiresAt"])
            and (not allowed or bool(networks) and all(any(one.version == other.version and one.subnet_of(other) for other in allowed) for one in networks))  # type: ignore[arg-type]
            and (inner["rateLimit"] or DEFAULT_RATE) <= (outer["rateLimit"] or DEFAULT_RATE)
        )  # fmt: skip


@pytest.fixture(scope="module")
def instance() -> Iterator[Instance]:
    core = servers.Core()
    try:
        installation.command("init", "--data", core.data)
        (core.data / "codecourier.conf").write_text("rateBurst = 1000000\nprojectRateLimit = 0\n")
        core.start()
        yield Instance(core)
    finally:
        core.stop()


def some_key(rng: random.Random) -> Key:
    """A body for a new key; a member is left out now and then."""
    body: Key = {
        "name": f"key {rng.random()}", "scopes": rng.sample(SCOPES, rng.randint(1, 5)), "mode": rng.choice(["live", "live", "test"]),
        "expiresAt": rng.choice(EXPIRIES), "allowedNetworks": rng.choice(NETWORKS), "rateLimit": rng.choice(RATES),
    }  # fmt: skip
    return {name: value for name, value in body.items() if name in ("name", "scopes") or rng.random() < 0.7}


def a_project(instance: Instance, rng: random.Random) -> tuple[str, str, dict[str, Key]]:
    """A project with keys of all kinds.  Its owner's key, the stolen one, and all of them as they are."""
    project = installation.Project(instance.core.data)
    owner = project.key("owner", installation.KEYS["admin"], "--rate-limit", "1000000")
    if not instance.includes:
        instance.includes = {row["scope"]: {row["scope"], *row["includes"]} for row in instance.ask("GET", "/scopes", owner).json["data"]}
    for n in range(12):
        made = instance.ask("POST", "/project/api-keys", owner, some_key(rng)).json["data"]
        if n % 4 == 1:
            instance.ask("DELETE", f"/project/api-keys/{made['id']}", owner)
        if n % 4 == 2:
            instance.ask("POST", f"/project/api-keys/{made['id']}/rotate", owner, {"overlapSeconds": 0})  # expired
    stolen: Key = {**some_key(rng), "scopes": ["keys:write", *rng.sample(SCOPES[2:], rng.randint(0, 4))]}
    if stolen.get("allowedNetworks") == ["10.0.0.0/8"]:
        stolen["allowedNetworks"] = ["127.0.0.0/8"]  # or he could not use it
    return owner, str(instance.ask("POST", "/project/api-keys", owner, stolen).json["data"]["key"]), instance.keys(owner)


def step(instance: Instance, rng: random.Random, held: list[str], known: list[str]) -> str:
    """Something that can be done to a key, in one of its ways."""
    actor, target, body = rng.choice(held), rng.choice(known), some_key(rng)
    if rng.random() < 0.2:
        target = str(instance.ask("GET", "/whoami", actor).json.get("data", {}).get("keyId") or target)
    changes = {name: body[name] for name in rng.sample(sorted(body), rng.randint(1, len(body))) if name != "mode"}
    rotation = {"overlapSeconds": rng.choice([0, 60, 86400, 2592000])}
    kind = rng.choice(["create", "generate", "change", "change", "change", "rotate", "rotate", "revoke"])
    more = {"Idempotency_Key": f"again {rng.randint(1, 20)}"} if rng.random() < 0.3 else {"If_Match": "*"} if rng.random() < 0.3 else {}
    if kind in ("create", "generate"):
        answer = instance.ask("POST", "/project/api-keys" + ("/generate" if kind == "generate" else ""), actor, body, **more)
    elif kind == "change":
        answer = instance.ask("PATCH", f"/project/api-keys/{target}", actor, changes, **more)
    elif kind == "rotate":
        answer = instance.ask("POST", f"/project/api-keys/{target}/rotate", actor, rotation, **more)
    elif rng.random() < 0.3:
        answer = instance.ask("DELETE", f"/project/api-keys/{target}", actor)
    else:
        return "nothing"
    assert answer.status in (200, 201, 400, 401, 403, 404, 409), answer
    if answer.status == 201:
        held.append(answer.json["data"]["key"])
        known.append(answer.json["data"]["id"])
    return f"{kind} {answer.status}"


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_no_sequence_gives_more_than_there_was(instance: Instance, seed: int) -> None:
    rng = random.Random(seed)
    owner, stolen, before = a_project(instance, rng)
    mine = before[instance.ask("GET", "/whoami", stolen).json["data"]["keyId"]]
    held, known, done = [stolen], list(before), []
    for _ in range(STEPS):
        done.append(step(instance, rng, held, known))
    after = instance.keys(owner)
    for identity, key in after.items():
        was = before.get(identity)
        if was and not instance.within(was, mine):
            assert key == was, f"seed {seed}: a key beyond the stolen one has changed\n{was}\n{key}\n{mine}\n{done}"
        else:
            assert instance.within(key, mine), f"seed {seed}: a key has more than the stolen one had\n{was}\n{key}\n{mine}\n{done}"
        assert not (was and was["revokedAt"]) or key["revokedAt"] == was["revokedAt"], f"seed {seed}: {identity} is alive again"
    for secret in held:
        answer = instance.ask("GET", "/whoami", secret)
        assert answer.status in (401, 403) or instance.within(after[answer.json["data"]["keyId"]], mine), f"seed {seed}: {answer}"


# ---- limits --------------------------------------------------------------------------------------------


@pytest.fixture
def limited() -> Iterator[Instance]:
    core = servers.Still()
    try:
        installation.command("init", "--data", core.data)
        core.start()
        yield Instance(core)
    finally:
        core.stop()


def answers(instance: Instance, keys: list[str], most: int) -> tuple[int, Answer]:
    """How many are let through when each key asks until it is refused; and the last refusal."""
    through, refused = 0, None
    for key in keys:
        for _ in range(most):
            answer = instance.ask("GET", "/whoami", key)
            if answer.status == 429:
                refused = answer
                break
            through += 1
    assert refused is not None
    return through, refused


def test_keys_that_a_limited_key_makes_share_its_limit(limited: Instance) -> None:
    project = installation.Project(limited.core.data)
    maker = project.key("maker", ["keys:write"], "--rate-limit", "60")
    keys = [maker]
    for n in range(12):
        body = {"name": f"child {n}", "scopes": ["keys:write"]}
        keys.append(limited.ask("POST", "/project/api-keys", keys[n // 3], body).json["data"]["key"])  # children of children
    identity = limited.ask("GET", "/whoami", keys[3]).json["data"]["keyId"]
    keys.append(limited.ask("POST", f"/project/api-keys/{identity}/rotate", keys[3], {}).json["data"]["key"])
    through, refused = answers(limited, keys, 100)
    assert 30 < through < 60, through
    assert (refused.header("RateLimit-Policy") or "").startswith('"shared";q=60')
    assert refused.json["error"]["message"] == "Too many requests by the keys that share this one's limit."


def test_the_keys_of_a_project_have_one_limit_together(limited: Instance) -> None:
    project, other = installation.Project(limited.core.data), installation.Project(limited.core.data)
    maker = project.key("maker", ["keys:write", "runs:read"])
    keys = [limited.ask("POST", "/project/api-keys", maker, {"name": f"key {n}", "scopes": ["runs:read"]}).json["data"]["key"] for n in range(10)]
    neighbour = other.key("neighbour", ["runs:read"])
    through, refused = answers(limited, keys, 150)
    assert 600 <= through < 900, through  # 600 at once, and 50 more each second
    assert (refused.header("RateLimit-Policy") or "").startswith('"project";q=3000')
    assert refused.json["error"]["message"] == "Too many requests by the keys and people of this project together."
    assert limited.ask("GET", "/whoami", neighbour).status == 200

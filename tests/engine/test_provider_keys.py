"""Keys for the services of others: given to the agent whose service it is and to no other, masked, and tested at the service itself."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from instance import Instance, Json
from receiver import Receiver, served

ANTHROPIC, OPENAI, GITHUB = "sk-ant-api03-example-0123456789", "sk-proj-example-0123456789abc", "ghp_0123456789example0123"
SHOW = "import os\nfor name in ('ANTHROPIC_API_KEY', 'OPENAI_API_KEY', 'GITHUB_TOKEN'): print(name, 'is', 'there' if os.environ.get(name) else 'not there', os.environ.get(name, '')[::-1])\n"


@pytest.fixture
def receiver(instance: Instance) -> Iterator[Receiver]:
    with served(instance) as made:
        yield made


def put(instance: Instance, provider: str, key: str) -> Json:
    body: Json = instance.ask("PUT", f"/project/provider-keys/{provider}", {"key": key}, mode="live")["data"]
    return body


def said(instance: Instance, agent: str) -> str:
    """What an agent of that name, which is no more than a program that looks around, says of its environment."""
    instance.agent(agent, SHOW)
    run = instance.start(instance.workflow({"role": "custom", "agent": agent, "instructions": "Look."}), "live")
    instance.drain()
    instance.finish(run, "live")
    return "\n".join(event["data"].get("text", "") for event in instance.follow(run, "live") if event["type"] in ("log", "message"))


def test_an_agent_is_given_the_key_of_its_own_service_and_no_other(instance: Instance) -> None:
    for provider, key in (("anthropic", ANTHROPIC), ("openai", OPENAI), ("github", GITHUB)):
        put(instance, provider, key)
    claude, codex = said(instance, "claude"), said(instance, "codex")
    assert "ANTHROPIC_API_KEY is there" in claude and "OPENAI_API_KEY is not there" in claude and "GITHUB_TOKEN is not there" in claude, claude
    assert "OPENAI_API_KEY is there" in codex and "ANTHROPIC_API_KEY is not there" in codex and "GITHUB_TOKEN is not there" in codex, codex


def test_it_is_masked_and_what_the_environment_says_itself_goes_first(instance: Instance) -> None:
    put(instance, "anthropic", ANTHROPIC)
    instance.agent("claude", "import os\nprint('key', os.environ['ANTHROPIC_API_KEY'])\n")
    flow = instance.workflow({"role": "custom", "agent": "claude", "instructions": "Look."})

    def look() -> str:
        run = instance.start(flow, "live")
        instance.drain()
        return str([event["data"] for event in instance.follow(run, "live")])

    first = look()
    assert "key" in first and ANTHROPIC not in first
    instance.ask("PATCH", "/project/settings", {"envVars": {"ANTHROPIC_API_KEY": "short-1"}}, mode="live")
    instance.agent("claude", "import os\nprint(len(os.environ['ANTHROPIC_API_KEY']), 'long')\n")
    assert "7 long" in look()


def test_a_dry_run_misses_no_key_that_is_there(instance: Instance) -> None:
    instance.agent("claude", "pass")
    flow = instance.workflow({"role": "custom", "agent": "claude", "instructions": "Look."})

    def missing() -> bool:
        return "KEY_MISSING" in {one["code"] for one in instance.ask("POST", f"/workflows/{flow}/run-dry", {}, mode="live")["data"]["findings"]}

    before = missing()
    put(instance, "anthropic", ANTHROPIC)
    assert not missing() and before in (True, False)


@pytest.mark.parametrize(("status", "shown"), [(200, "valid"), (401, "refused"), (403, "refused"), (500, "unreachable"), (302, "unreachable")])
def test_a_key_is_tested_at_its_service(instance: Instance, receiver: Receiver, status: int, shown: str) -> None:
    receiver.may_get = True
    receiver.answer = lambda _: (status, {"Location": "http://127.0.0.1:1/"} if status == 302 else {})
    instance.conf["providerAddresses"] = f"anthropic={receiver.here} openai=http://127.0.0.1:1"
    instance.write_conf()
    put(instance, "anthropic", ANTHROPIC)
    assert instance.ask("POST", "/project/provider-keys/anthropic/test", {}, mode="live")["data"]["status"] == "testing"
    instance.drain()
    now = instance.ask("GET", "/project/provider-keys/anthropic", mode="live")["data"]
    assert (now["status"], now["responseStatus"], now["testedAt"] is None) == (shown, status, False)
    (asked,) = receiver.came
    assert asked.headers["x-api-key"] == ANTHROPIC and asked.path.endswith("/v1/models")


def test_a_service_at_a_private_address_is_not_asked(instance: Instance) -> None:
    with served(instance) as receiver:
        instance.conf |= {"webhookPrivateHosts": "", "providerAddresses": f"openai={receiver.here}"}
        instance.write_conf()
        put(instance, "openai", OPENAI)
        instance.ask("POST", "/project/provider-keys/openai/test", {}, mode="live")
        instance.drain()
        now = instance.ask("GET", "/project/provider-keys/openai", mode="live")["data"]
        assert (now["status"], now["responseStatus"], receiver.came) == ("unreachable", None, [])


def test_a_key_that_is_set_anew_meanwhile_is_not_called_what_the_old_one_was(instance: Instance) -> None:
    put(instance, "openai", OPENAI)
    instance.ask("POST", "/project/provider-keys/openai/test", {}, mode="live")
    assert put(instance, "openai", OPENAI + "x")["status"] == "untested"
    instance.drain()
    assert instance.ask("GET", "/project/provider-keys/openai", mode="live")["data"]["status"] == "untested"

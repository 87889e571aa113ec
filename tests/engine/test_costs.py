"""What runs cost: an agent's own price, its tokens by a rate, or nobody knows; and what is kept of it."""

from __future__ import annotations

import json

import pytest
from instance import Instance, Json, Refused
from test_agent_output import play, priced, recording
from test_chains import chain_of, look
from test_dry import dry


def rate(instance: Instance, service: str, metric: str, usd: float, **more: object) -> Json:
    body = {"service": service, "metric": metric, "usdPerUnit": usd, "effectiveFrom": "2025-01-01T00:00:00Z"} | more
    return instance.ask("POST", "/cost-rates", body, mode="live")["data"]  # type: ignore[no-any-return]


def codex(instance: Instance, **step: object) -> Json:
    """A run whose agent tells 200 tokens read, 80 of them from the cache, 14 written, and no price."""
    (ended,) = play(instance, "codex", {"good": (recording("codex"), 0)}, **step).values()
    assert ended["status"] == "completed", ended
    (step_,) = instance.steps(ended["id"], "live")
    assert (step_["inputTokens"], step_["cacheReadTokens"], step_["cacheWriteTokens"], step_["outputTokens"]) == (200, 80, 0, 14)
    return {"run": ended["costUsd"], "step": step_["costUsd"], "source": step_["costSource"]}


def test_tokens_without_a_price_cost_what_the_rates_say(instance: Instance) -> None:
    assert codex(instance) == {"run": None, "step": None, "source": None}, "no rate fits a model that nobody named"
    rate(instance, "openai", "input-tokens", 3)
    assert codex(instance)["run"] is None, "a part of the price is none"
    rate(instance, "openai", "output-tokens", 15)
    # 120 and 80 read at 3 dollars a million, 14 written at 15
    assert codex(instance) == {"run": 0.00081, "step": 0.00081, "source": "rate"}
    rate(instance, "openai", "cache-read-tokens", 0.3)
    assert codex(instance)["run"] == 0.000594
    # Of a model that is named, its own rates go before those for any; the date at its end does not count.
    rate(instance, "openai", "input-tokens", 1, model="gpt-9")
    assert codex(instance, model="gpt-9-2026-01-31")["run"] == 0.000354
    rate(instance, "openai", "input-tokens", 2, model="gpt-9", effectiveFrom="2026-01-01T00:00:00Z")
    assert codex(instance, model="gpt-9")["run"] == 0.000474, "the latest that has begun"
    rate(instance, "openai", "input-tokens", 900, model="gpt-9", effectiveFrom="2999-01-01T00:00:00Z")
    assert codex(instance, model="gpt-9")["run"] == 0.000474, "one that has not begun"


def test_a_shipped_rate_stands_behind_the_projects_own(instance: Instance) -> None:
    assert codex(instance, model="gpt-5-codex") == {"run": 0.0003, "step": 0.0003, "source": "rate"}
    rate(instance, "openai", "input-tokens", 0)
    rate(instance, "openai", "cache-read-tokens", 0)
    assert codex(instance, model="gpt-5-codex")["run"] == 0.00014


def test_what_is_less_than_a_billionth_is_rounded_once(instance: Instance) -> None:
    rate(instance, "openai", "input-tokens", 0.003)
    rate(instance, "openai", "cache-read-tokens", 0.0025)
    rate(instance, "openai", "output-tokens", 0)
    assert codex(instance)["run"] == 0.000000560  # 360 and 200 billionths
    rate(instance, "openai", "output-tokens", 0.000034)
    assert codex(instance)["run"] == 0.000000560, "0.476 of one"
    rate(instance, "openai", "output-tokens", 0.000036)
    assert codex(instance)["run"] == 0.000000561, "0.504 of one"


def test_an_agents_own_price_goes_before_any_rate(instance: Instance) -> None:
    rate(instance, "anthropic", "input-tokens", 900)
    (ended,) = play(instance, "claude", {"good": (priced("0.25"), 0)}).values()
    (step,) = instance.steps(ended["id"], "live")
    assert (step["costUsd"], step["costSource"], step["cacheReadTokens"]) == (0.25, "agent", 10)
    assert ended["costUsd"] == 0.25


def test_nobody_earns_money_by_running(instance: Instance) -> None:
    """A price below nothing, or beyond all, is none; nor is such a number of tokens one."""
    odd = {f"{price}": (priced(price), 0) for price in ("-5", "1e30", "1e9999")}
    rate(instance, "anthropic", "input-tokens", 0)
    rate(instance, "anthropic", "output-tokens", 0)
    for case, ended in play(instance, "claude", odd).items():
        assert ended["costUsd"] == 0 and ended["status"] == "completed", (case, ended)
    many = recording("codex").replace(b'"input_tokens":200', b'"input_tokens":9007199254740992').replace(b'"output_tokens":14', b'"output_tokens":-14')
    (ended,) = play(instance, "codex", {"many": (many, 0)}, model="gpt-5-codex").values()
    (step,) = instance.steps(ended["id"], "live")
    assert (step["inputTokens"], step["outputTokens"]) == (0, 0) and ended["costUsd"] == 0.00001, json.dumps(step)


# ---- what was used


def usage(instance: Instance, by: str, mode: str = "live") -> list[Json]:
    return instance.ask("GET", f"/usage?groupBy={by}", mode=mode)["data"]  # type: ignore[no-any-return]


def test_what_was_used_is_summed_exactly_and_outlives_its_runs(instance: Instance) -> None:
    runs = [ended["id"] for ended in play(instance, "claude", {price: (priced(price), 0) for price in ("0.1", "0.2", "0.000000001")}).values()]
    (unknown,) = [ended["id"] for ended in play(instance, "codex", {"good": (recording("codex"), 0)}).values()]
    claude, codex_ = usage(instance, "service")
    assert (claude["key"], claude["runs"], claude["steps"], claude["costUsd"], claude["unpricedSteps"]) == ("anthropic", 3, 3, 0.300000001, 0)
    assert [claude[f"{kind}Tokens"] for kind in ("input", "output", "cacheRead", "cacheWrite")] == [66, 42, 30, 0]
    assert (codex_["key"], codex_["inputTokens"], codex_["cacheReadTokens"], codex_["costUsd"], codex_["unpricedSteps"]) == ("openai", 120, 80, 0, 1)
    assert claude["seconds"] > 0
    assert {line["key"]: line["costUsd"] for line in usage(instance, "model")} == {"claude-sonnet-4-6": 0.300000001, None: 0}
    assert {line["key"]: line["costUsd"] for line in usage(instance, "run")} == {runs[0]: 0.1, runs[1]: 0.2, runs[2]: 1e-9, unknown: 0}
    (member,) = usage(instance, "member")
    assert member["key"].startswith("kak_") and member["label"] == "live" and member["runs"] == 4, member
    assert usage(instance, "persona")[0]["key"] is None and len(usage(instance, "workflow")) == 4
    *before, today = usage(instance, "day")
    assert len(before) == 30 and not any(day["steps"] for day in before) and (today["costUsd"], today["steps"]) == (0.300000001, 4)
    for run in runs:
        instance.ask("DELETE", f"/runs/{run}", mode="live")
    assert usage(instance, "day")[-1] == today, "what was spent is spent"


def test_a_retry_does_not_pay_its_steps_again(instance: Instance) -> None:
    flow = [{"role": "custom", "agent": "claude", "instructions": f"CASE {number}"} for number in range(2)]
    play(instance, "claude", {"good": (priced("0.1"), 0), "bad": (recording("claude-failed"), 0)})
    run = instance.start(instance.workflow(*flow), "live")
    instance.drain()
    before = usage(instance, "day")[-1]["steps"]
    again = instance.ask("POST", f"/runs/{run}/retry", {}, mode="live")["data"]["id"]
    instance.drain()
    assert instance.finish(again, "live")["status"] == "failed" and len(instance.steps(again, "live")) == 2
    assert usage(instance, "day")[-1]["steps"] == before + 1


def test_the_sandboxs_time_is_added_where_it_has_a_price(instance: Instance) -> None:
    rate(instance, "sandbox", "sandbox-seconds", 720)  # 0.2 a second
    (ended,) = play(instance, "claude", {"good": (priced("0.25"), 0)}, then="time.sleep(1.1)").values()
    (step,) = instance.steps(ended["id"], "live")
    seconds = int(usage(instance, "run")[0]["seconds"])
    assert step["isolation"] == "sandbox" and seconds >= 1
    assert ended["costUsd"] == round(0.25 + 0.2 * seconds, 9) and step["costSource"] == "agent"


# ---- the budget


def budget(instance: Instance, **limits: object) -> Json:
    return instance.ask("PATCH", "/project/budget", limits, mode="live")["data"]  # type: ignore[no-any-return]


PARTS = {"perDayUsd": "BUDGET_DAY", "perMonthUsd": "BUDGET_MONTH", "perRunUsd": "BUDGET_RUN"}


@pytest.mark.parametrize(("part", "code"), [pytest.param(part, code, marks=pytest.mark.produces(code)) for part, code in PARTS.items()])
def test_a_run_whose_budget_is_spent_ends_before_its_next_step(instance: Instance, part: str, code: str) -> None:
    (first,) = play(instance, "claude", {"good": (priced("0.1"), 0)}).values()
    flow = instance.workflow(*[{"role": "custom", "agent": "claude", "instructions": "CASE 0"}] * 3)
    budget(instance, warnAtPercent=50, **{part: 0.2 if part == "perRunUsd" else 0.3})  # 0.1 of the day's and the month's are spent
    run = instance.start(flow, "live")
    instance.drain()
    ended = instance.finish(run, "live")
    assert (ended["status"], ended["errorCode"], ended["costUsd"]) == ("failed", code, 0.2), ended
    assert [step["status"] for step in instance.steps(run, "live")] == ["completed", "completed", "skipped"]
    said_by_worker = [event["data"]["text"] for event in instance.follow(run, "live") if event["type"] == "log" and event["data"]["stream"] == "worker"]
    assert len([text for text in said_by_worker if "budget runs out" in text]) == 1, said_by_worker
    said = instance.ask("GET", "/project/budget", mode="live")["data"]
    assert said["spentTodayUsd"] == said["spentThisMonthUsd"] == 0.3 and said["isWarning"] == (part != "perRunUsd")
    if part == "perRunUsd":
        instance.start(flow, "live")
        return
    with pytest.raises(Refused) as refused:
        instance.start(flow, "live")
    assert refused.value.status == 409 and refused.value.error["code"] == "CONFLICT"
    found = next(one for one in dry(instance, flow)["findings"] if one["code"] == code)
    assert (found["severity"], found["message"]) == ("error", refused.value.error["message"])
    assert code not in [one["code"] for one in dry(instance, flow, "test")["findings"]], "a rehearsal costs nothing"
    instance.ask("DELETE", f"/runs/{run}", mode="live")
    with pytest.raises(Refused):  # deleting it gives nothing back
        instance.start(flow, "live")
    instance.start(flow)  # a rehearsal costs nothing
    budget(instance, isHard=False)
    run = instance.start(flow, "live")
    instance.drain()
    assert instance.finish(run, "live")["status"] == "completed"


def test_an_agent_that_tells_its_price_while_it_works_is_stopped_at_once(instance: Instance) -> None:
    told = b"".join(recording("opencode").splitlines(keepends=True)[:4])
    instance.agent("opencode", f"import sys, time\nsys.stdout.buffer.write({told!r})\nsys.stdout.flush()\ntime.sleep(600)\n")
    budget(instance, perRunUsd=0.00009)
    run = instance.start(instance.workflow({"role": "custom", "agent": "opencode"}), "live")
    instance.worker()
    ended = instance.finish(run, "live")
    (step,) = instance.steps(run, "live")
    assert (ended["status"], ended["errorCode"], ended["costUsd"]) == ("failed", "BUDGET_RUN", 0.000094)
    assert (step["status"], step["errorCode"]) == ("failed", "BUDGET_RUN")


def test_a_chain_stops_at_a_spent_budget_and_can_go_on(instance: Instance) -> None:
    flow = instance.workflow({"role": "custom", "agent": "rehearsal"})
    budget(instance, perMonthUsd=0)
    chain = chain_of(instance, "live", workflowId=flow, source="sprint", runCount=2)
    instance.drain()
    stands = look(instance, chain, "live")
    assert (stands["status"], stands["errorCode"], stands["errorParams"]) == ("failed", "BUDGET_MONTH", {"value": "0"}), stands

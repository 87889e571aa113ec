"""A hostile agent in a real run of a real worker, as root and as an ordinary account: nothing of what it tries gets through.

hostile/ is the agent; place.py plants what it looks for, and watches from outside.  `pytest -s` shows every attempt and how
it was refused.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from place import MADE_UP, Place

ACCOUNTS = ["root", "ordinary"] if os.geteuid() == 0 else ["ordinary"]


@pytest.fixture(params=ACCOUNTS)
def uid(request: pytest.FixtureRequest) -> int | None:
    return MADE_UP if request.param == "ordinary" and os.geteuid() == 0 else None


@pytest.fixture
def egress() -> str:
    return "list"


@pytest.fixture
def place(uid: int | None, egress: str) -> Iterator[Place]:
    made = Place(uid, egress=egress)
    try:
        yield made
    finally:
        made.close()


def judged(lines: list[str]) -> list[dict[str, str]]:
    """What the agent says of its attempts; it has come to its end, and none broke."""
    said = [json.loads(line) for line in lines if line.startswith('{"attempt"')]
    ends = [json.loads(line)["end"] for line in lines if line.startswith('{"end"')]
    assert ends == [len(said)] and len(said) > 300, (ends, len(said), lines[-3:])
    for one in said:
        print(f"{'THROUGH' if one['through'] else 'refused'}  {one['attempt']}: {one['through'] or one['refused']}")
    broken = [one for one in said if one["refused"].startswith(("NameError", "TypeError", "KeyError", "AttributeError"))]
    assert not broken, broken
    return said


@pytest.mark.parametrize("egress", ["open", "list", "none"])
def test_no_attempt_gets_through(place: Place, egress: str) -> None:
    ended, lines = place.attack("hostile")
    through = [f"{one['attempt']}: {one['through']}" for one in judged(lines) if one["through"]]
    harm = place.harm()
    print(f"{len(through)} of {len(lines)} attempts got through; harm: {harm}")
    assert not through and not harm, "\n".join([*through, *harm, f"{ended['status']} {ended['error']}", place.said()[-2000:]])
    assert ended["status"] == "completed", ended

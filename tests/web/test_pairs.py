"""Pairs of writing routes at once (pairs.py), on both engines.

`make test` tries as many as have nearly each route in them, with other partners each day.  `make pairs` (CC_PAIRS=all) tries all of them,
which takes a quarter of an hour; PAIRS=runs.cancel,runs.delete those two.
"""

from __future__ import annotations

import datetime
import os
import random
from collections.abc import Iterator

import pytest

import installation
import pairs
import servers
from test_trouble import unlimited


class Fastcgi(servers.Fastcgi):
    workers = pairs.WORKERS
    web = installation.PLAIN_WEB


class FastcgiPostgres(servers.OnPostgres, Fastcgi):
    pass


@pytest.fixture(params=[Fastcgi, FastcgiPostgres], ids=["sqlite", "postgres"])
def stage(request: pytest.FixtureRequest) -> Iterator[pairs.Stage]:
    transport: servers.Fastcgi = request.param()
    made = None
    try:
        installation.command("init", "--data", transport.data, *transport.init_options(), program=installation.HELPER)
        unlimited(transport.data)
        transport.start()
        made = pairs.Stage(transport)
        yield made
    finally:
        if made:
            made.database.close()
        transport.stop()


# What these need of their objects is in none of the scenes: a draw of candidates, a second step, a marked notification, good checks.
NOT_IN_STATE = {"runs.choose", "runs.retry", "notifications.read", "notifications.dismiss", "pulls.merge"}


def share(every: list[tuple[pairs.Row, pairs.Row, str]], day: int) -> list[tuple[pairs.Row, pairs.Row, str]]:
    """As few of them as have each route in them, more or less; others each day."""
    chosen, met = [], set[str]()
    for pair in random.Random(day).sample(every, len(every)):
        operations = {pair[0]["operation"], pair[1]["operation"]}
        if len(operations) == 2 and not operations & met:
            chosen.append(pair)
            met |= operations
    return chosen


def test_two_at_once_come_to_what_one_after_the_other_does(stage: pairs.Stage) -> None:
    every, wanted = stage.pairs(), os.environ.get("CC_PAIRS", "")
    if wanted and wanted != "all":
        chosen = [pair for pair in every if sorted(wanted.split(",")) == sorted((pair[0]["operation"], pair[1]["operation"]))]
    else:
        chosen = every if wanted else share(every, datetime.date.today().toordinal())
    done: set[str] = set()
    wrong = [found for a, b, state in chosen if (found := stage.wrong(a, b, state, done))]
    print(f"{len(chosen)} of {len(every)} pairs")
    assert not wrong, f"{len(wrong)} of {len(chosen)} pairs\n" + "\n".join(wrong)
    assert chosen, "there is no such pair"
    if wanted == "all":
        idle = sorted({row["operation"] for row in stage.routes} - done - NOT_IN_STATE)
        assert not idle, f"these have done nothing, so that nothing was tried: {idle}"

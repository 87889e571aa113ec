"""An instance for each test.

@pytest.mark.produces("STEP_TOO_LONG", …) says which reasons (core/context/reasons.h) runs, steps and chains end for in a test: the API
has answered with each of them when it is over.  test_reasons.py finds one that no test produces."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from instance import Instance


@pytest.fixture
def instance() -> Iterator[Instance]:
    made = Instance()
    try:
        yield made
    finally:
        made.close()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--produced", action="store_true", help="with --collect-only: name the reasons that the tests produce")


def pytest_collection_finish(session: pytest.Session) -> None:
    if session.config.getoption("--produced"):
        print("produced:", *sorted({code for item in session.items for mark in item.iter_markers("produces") for code in mark.args}))


@pytest.fixture(autouse=True)
def produces(request: pytest.FixtureRequest) -> Iterator[None]:
    Instance.reasons.clear()
    yield
    promised = {code for mark in request.node.iter_markers("produces") for code in mark.args}
    assert promised <= Instance.reasons, f"not produced: {', '.join(sorted(promised - Instance.reasons))}"

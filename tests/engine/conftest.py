"""A house for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from house import House


@pytest.fixture
def house() -> Iterator[House]:
    made = House()
    try:
        yield made
    finally:
        made.close()

"""An instance for each test."""

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

"""What every test here can ask for."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "web"))  # transcript.py

import places

import codecourier


def running(way: str) -> Iterator[places.Service]:
    if way == "lighttpd" and not places.lighttpd_there():
        pytest.skip("needs build/codecourier and lighttpd")
    with places.WAYS[way]() as service:
        yield service


@pytest.fixture(scope="session", params=list(places.WAYS))
def service(request: pytest.FixtureRequest) -> Iterator[places.Service]:
    """Each way to the service, one after the other."""
    yield from running(request.param)


@pytest.fixture(scope="session")
def web() -> Iterator[places.Service]:
    """One service over HTTP, for tests that do not care which."""
    yield from running("development")


@pytest.fixture
def cc(tmp_path: Path) -> Iterator[codecourier.Client]:
    """A fresh local instance with its two example workflows, as its owner."""
    with codecourier.open(tmp_path / "my.db", "quickstart") as client:
        yield client


@pytest.fixture(autouse=True)
def no_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the machine's own settings reaches a test."""
    for name in ("CC_BASE", "CC_KEY", "http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "LANG", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)

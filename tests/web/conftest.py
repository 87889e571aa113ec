"""What every test here can ask for: a running way in, and a project of its own behind it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import installation
import servers


def running(kind: type[servers.Transport]) -> Iterator[servers.Transport]:
    transport = kind()
    try:
        installation.command("init", "--data", transport.data, *transport.init_options(), program=installation.HELPER)
        installation.settings(transport.data, f"metricsToken = {installation.METRICS_TOKEN}")
        transport.start()
        yield transport
    finally:
        transport.stop()


@pytest.fixture(scope="session", params=servers.TRANSPORTS)
def transport(request: pytest.FixtureRequest) -> Iterator[servers.Transport]:
    """Each way in, one after the other; all tests of one way share its server, and none shares a project."""
    yield from running(servers.TRANSPORTS[request.param])


@pytest.fixture(scope="session")
def on_postgres() -> Iterator[servers.Transport]:
    yield from running(servers.CorePostgres)


@pytest.fixture(scope="session")
def core() -> Iterator[servers.Transport]:
    yield from running(servers.Core)


@pytest.fixture
def fastcgi() -> Iterator[servers.Transport]:
    """Fresh workers for one test, asked directly."""
    yield from running(servers.Fastcgi)


@pytest.fixture
def cgi() -> Iterator[servers.Transport]:
    yield from running(servers.Cgi)


@pytest.fixture
def project(transport: servers.Transport) -> installation.Project:
    return installation.Project(transport.data)

"""The documentation as `make docs` builds it, and a running service for its examples."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "web"))

import installation
import servers

BUILT = installation.ROOT / "build" / "docs"


@pytest.fixture(scope="session")
def built() -> Path:
    done = subprocess.run(["make", "docs"], cwd=installation.ROOT, capture_output=True, text=True, timeout=900, env=os.environ | {"MAKEFLAGS": ""})
    assert done.returncode == 0, done.stdout + done.stderr
    return BUILT


@pytest.fixture(scope="session")
def python(built: Path) -> Path:
    """A Python that has requests and the package codecourier: `make test` has installed it there."""
    program = installation.ROOT / "build" / "venv-py" / "bin" / "python"
    subprocess.run([program, "-c", "import codecourier, requests"], check=True, cwd="/")
    return program


@pytest.fixture(scope="session")
def sphinx(built: Path) -> Path:
    """The Python that has built the documentation."""
    return installation.ROOT / "build" / "venv-docs" / "bin" / "python"


class Service(servers.Serve):
    """With the documentation, and with limits that no test reaches."""

    def start(self) -> None:
        installation.command("init", "--data", self.data)
        self.port = servers.free_port()
        # Programs of an account without rights cannot look into every checkout: it gets copies.
        docs = self.folder / "docs"
        installation.copy_for_all(BUILT, docs)
        self.spawn(installation.COMMAND, "serve", "--data", self.data, "--port", str(self.port), "--slots", "0", "--docs", docs)
        self.wait_until_up()

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@pytest.fixture(scope="session")
def service(built: Path) -> Iterator[Service]:
    one = Service()
    try:
        one.start()
        yield one
    finally:
        one.stop()

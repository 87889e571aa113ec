"""The documentation as `make docs` builds it, and a running service for its examples."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "web"))

import servers
import world

BUILT = world.ROOT / "build" / "docs"


@pytest.fixture(scope="session")
def built() -> Path:
    done = subprocess.run(["make", "docs"], cwd=world.ROOT, capture_output=True, text=True, timeout=900, env=os.environ | {"MAKEFLAGS": ""})
    assert done.returncode == 0, done.stdout + done.stderr
    return BUILT


@pytest.fixture(scope="session")
def python(built: Path) -> Path:
    """A Python that has requests and the package codecourier."""
    venv = world.ROOT / "build" / "venv-docs"
    try_it = [venv / "bin" / "python", "-c", "import codecourier, requests"]
    if subprocess.run(try_it, capture_output=True, cwd="/").returncode != 0:
        subprocess.run([venv / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check", "--editable", "."],
                       cwd=world.ROOT, check=True, timeout=600)  # fmt: skip
        subprocess.run(try_it, check=True, cwd="/")
    return venv / "bin" / "python"


class Service(servers.Serve):
    """With the documentation, and with limits that no test reaches."""

    def start(self) -> None:
        world.command("init", "--data", self.data)
        self.port = servers.free_port()
        # Programs of an account without rights cannot look into every checkout: it gets copies.
        docs = self.folder / "docs"
        world.copy_for_all(BUILT, docs)
        self.spawn(world.COMMAND, "serve", "--data", self.data, "--port", str(self.port), "--slots", "0", "--docs", docs)
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

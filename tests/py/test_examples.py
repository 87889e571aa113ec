"""The documented examples run as printed and satisfy the type checkers; the tutorial's own blocks do, too."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import places
import pytest

EXAMPLES = Path(__file__).resolve().parent / "examples"
BLOCKS = places.ROOT / "tests" / "transcripts" / "tutorial"


def run(arguments: list[object], service: places.Service | None = None, key: str | None = None, cwd: Path | None = None) -> str:
    env = dict(os.environ)
    if service is not None:
        env |= {"CC_BASE": service.base, "CC_KEY": key or service.key}
    done = subprocess.run([sys.executable, *map(str, arguments)], capture_output=True, text=True, env=env, cwd=cwd, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def quickstart(web: places.Service) -> str:
    key = web.client.keys.create(name="quickstart", scopes=places.QUICKSTART).key
    assert key
    return key


def test_the_tutorials_own_python_blocks(web: places.Service, quickstart: str) -> None:
    text = "\n".join((BLOCKS / name).read_text(encoding="utf-8") for name in ("whoami.py", "workflows.py"))
    lines = run(["-c", text], web, quickstart).splitlines()
    assert "'name': 'quickstart'" in lines[0] and re.fullmatch(r"\d+ workflows, more=(True|False)", lines[1])


def test_quickstart(web: places.Service, quickstart: str) -> None:
    lines = run([EXAMPLES / "quickstart.py"], web, quickstart).splitlines()
    assert lines[0] == "('projects:read', 'workflows:read', 'runs:read')"
    assert re.fullmatch(r"\d+ workflows, more=(True|False)", lines[1])
    assert all(line.startswith("wfl_") for line in lines[2:]) and len(lines) >= 4


def test_errors(web: places.Service, quickstart: str) -> None:
    assert run([EXAMPLES / "errors.py"], web, quickstart) == "SCOPE_DENIED 403 This key does not have the required 'runs:cancel' scope.\n"


def test_local(tmp_path: Path) -> None:
    lines = run([EXAMPLES / "local.py", tmp_path / "my.db"]).splitlines()
    assert lines[0].startswith("1 pending 20") and lines[-1].startswith("cancelled 20")


def test_bulk(web: places.Service) -> None:
    assert run([EXAMPLES / "bulk.py"], web) == "5 {'completed'}\n"


def test_asynchronous(web: places.Service) -> None:
    first, second, *events = run([EXAMPLES / "asynchronous.py"], web).splitlines()
    assert events == ["1 status", "2 status"]
    assert re.fullmatch(r"tests \d+ (True|False)", first) and int(second) >= 2


GOOD = [str(path) for path in sorted(EXAMPLES.glob("*.py")) if path.name != "wrong.py"]


def check(arguments: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", *arguments], capture_output=True, text=True, cwd=places.ROOT, timeout=300)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What mypy has learnt in one test need not be found out in the next."""
    return str(tmp_path_factory.mktemp("mypy"))


def test_mypy_strict(cache: str) -> None:
    for files in (["pyext/codecourier", "pyext/generate.py"], GOOD):
        done = check(["mypy", "--strict", "--cache-dir", cache, *files])
        assert done.returncode == 0, done.stdout


def test_mypy_finds_each_mistake(cache: str) -> None:
    done = check(["mypy", "--strict", "--cache-dir", cache, str(EXAMPLES / "wrong.py")])
    found = {int(line.split(":")[1]) for line in done.stdout.splitlines() if ": error:" in line}
    assert found == set(range(6, 12)), done.stdout


@pytest.mark.timeout(300)
def test_pyright_strict(tmp_path: Path) -> None:
    """The examples are clean, and in wrong.py each mistake is found, which also shows that it looks at all."""
    include = [os.path.relpath(path, tmp_path) for path in sorted(EXAMPLES.glob("*.py"))]  # it knows relative paths alone
    settings = {"typeCheckingMode": "strict", "pythonVersion": "3.11", "include": include, "extraPaths": [f"{places.ROOT}/pyext"]}
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(settings))
    done = check(["pyright", "--outputjson", "--pythonpath", sys.executable, "-p", str(tmp_path)])
    if done.returncode not in (0, 1):
        pytest.skip(f"pyright does not run here: {done.stderr[-300:]}")
    said = json.loads(done.stdout)
    assert said["summary"]["filesAnalyzed"] == len(include)
    found = {(Path(one["file"]).name, one["range"]["start"]["line"] + 1) for one in said["generalDiagnostics"]}
    assert found == {("wrong.py", line) for line in range(6, 12)}, done.stdout

"""The examples for continuous integration, carried out by a shell with what GitHub and GitLab give to jobs."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import textwrap
import tomllib
from collections.abc import Iterator
from pathlib import Path

import places
import pytest

import codecourier

CONF = Path(__file__).resolve().parents[2] / "cgi" / "conf"
SHA = "0123456789abcdef0123456789abcdef01234567"
GITHUB = {"GITHUB_REPOSITORY": "example/shop", "GITHUB_SHA": SHA, "GITHUB_SERVER_URL": "https://github.com", "GITHUB_STEP_SUMMARY": "summary.md"}
GITLAB = {"CI_PROJECT_PATH": "example/shop", "CI_COMMIT_SHORT_SHA": SHA[:8], "CI_COMMIT_SHA": SHA, "CI_PROJECT_URL": "https://gitlab.com/example/shop"}


def scripts(name: str) -> list[str]:
    """The blocks that begin with "|": of several lines, and what a shell is given."""
    found = re.findall(r"^( *)(?:run:|-) \|\n((?:\1 +.*\n|\n)+)", (CONF / name).read_text(encoding="utf-8"), re.M)
    return [textwrap.dedent(text) for _, text in found]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    data = tmp_path_factory.mktemp("ci") / "var"
    with codecourier.open(data, "quickstart") as owner:
        key = owner.keys.create(name="ci", scopes=["runs:write"], mode="test").key
        flows = {
            verdict: owner.workflows.create(name=verdict, steps=[{"role": "designer"}, {"role": "checker", "instructions": f"rehearse: verdict={verdict}"}]).id
            for verdict in ("pass", "fail")
        }
    with places.started([places.PYTHON, "-m", "codecourier", "serve", "--data", data, "--port", "0"], "Ctrl-C ends it") as (_, printed):
        base = re.search(r"http://[0-9.:]+", printed)
        assert base and key
        yield {"CC_BASE": base[0], "CC_KEY": key} | flows


def job(folder: Path, shell: list[str], script: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """python3 is the one that has the package, as it is behind `pip install codecourier`."""
    program = folder / "bin" / "python3"
    program.parent.mkdir(exist_ok=True)
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    program.chmod(0o755)
    (folder / "script").write_text(script)
    given = {"PATH": f"{program.parent}:{os.environ['PATH']}", "LANG": "C.UTF-8"} | {name: os.environ[name] for name in ("PYTHONPATH",) if name in os.environ}
    return subprocess.run([*shell, "script"], cwd=folder, env=given | env, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize("verdict", ["pass", "fail"])
@pytest.mark.parametrize(("name", "shell", "given"), [("ci-github.yml", ["bash", "-e"], GITHUB), ("ci-gitlab.yml", ["sh", "-e"], GITLAB)], ids=["github", "gitlab"])
def test_a_job_ends_as_its_run_does(service: dict[str, str], tmp_path: Path, name: str, shell: list[str], given: dict[str, str], verdict: str) -> None:
    first, *rest = scripts(name)
    env = given | {"CC_BASE": service["CC_BASE"], "CC_KEY": service["CC_KEY"], "CC_WORKFLOW": service[verdict]}
    done = job(tmp_path, shell, first, env)
    assert done.returncode == (0 if verdict == "pass" else 1), done.stdout + done.stderr
    run = json.loads((tmp_path / "run.json").read_text())["data"]
    assert (run["status"], run["verdict"]) == ("completed", verdict) and run["name"].startswith("example/shop@0123456") and SHA in run["prompt"]
    assert "status: completed" in done.stderr and service["CC_KEY"] not in done.stdout + done.stderr
    for script in rest:
        assert job(tmp_path, shell, script, given).returncode == 0
        assert f"verdict {verdict}" in (tmp_path / "summary.md").read_text()


def test_the_scanner_finds_keys_and_nothing_shorter_or_longer(service: dict[str, str]) -> None:
    [rule] = tomllib.loads((CONF / "gitleaks.toml").read_text(encoding="utf-8"))["rules"]
    key = service["CC_KEY"]
    page = (CONF.parents[1] / "www" / "docs" / "continuous-integration.md").read_text(encoding="utf-8")
    form, before, after = (re.search(rf"\| {field} \| `(.*)` \|", page)[1].replace("\\|", "|") for field in ("Secret format", "Before secret", "After secret"))  # type: ignore[index]
    for pattern in (rule["regex"], f"({before})({form})({after})".replace(r"\z", r"\Z")):
        assert re.search(pattern, f'key: "{key}",') and re.search(pattern, f"KEY={key}\n") and re.search(pattern, key)
        for none in (key[:-1], key + "x", "x" + key, key.replace("_test_", "_live-"), "cc_live_"):
            assert not re.search(pattern, none), (pattern, none)
    assert any(word in key for word in rule["keywords"])

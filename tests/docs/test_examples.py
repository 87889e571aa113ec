"""Every example of every page does what the page says, against a running service."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest
import requests

import examples
import installation
from conftest import Service

# What an example prints, where the page says more than "it works".
SAID = {
    ("getting-started", "curl"): r'"name": ?"quickstart".*"hasMore": ?false.*"code": ?"SCOPE_DENIED".*runs:cancel',
    ("getting-started", "typescript"): r"name: 'quickstart'.*2 workflows, more=false.*403 SCOPE_DENIED",
    ("getting-started", "requests"): r"'name': 'quickstart'.*2 workflows, more=False.*403 SCOPE_DENIED",
    ("getting-started", "codecourier"): r"quickstart.*2 workflows, more=False.*403 SCOPE_DENIED",
    ("errors", "curl"): r'"code": ?"VALIDATION".*"field": ?"limit"',
    ("errors", "typescript"): r"400 VALIDATION limit [0-9a-f-]{36}",
    ("errors", "requests"): r"400 VALIDATION limit [0-9a-f-]{36}",
    ("errors", "codecourier"): r"400 VALIDATION limit [0-9a-f-]{36}",
    ("authentication", "typescript"): r"kak_\w+ cc_live_\w+.*true",
    ("authentication", "requests"): r"kak_\w+ cc_live_\w+.*True",
    ("authentication", "codecourier"): r"kak_\w+ cc_live_\w+.*True",
    ("pagination", "curl"): r'"hasMore": ?true',
    ("pagination", "typescript"): r"^[^\n]+\n[^\n]+\n$",
    ("pagination", "requests"): r"^[^\n]+\n[^\n]+\n$",
    ("pagination", "codecourier"): r"^[^\n]+\n[^\n]+\n$",
    ("idempotency", "typescript"): r"true",
    ("idempotency", "requests"): r"^(iss_\w+) None\n\1 true\n$",
    ("idempotency", "codecourier"): r"True",
    ("rate-limits", "curl"): r"RateLimit-Policy: \"default\";q=600;w=60.*X-RateLimit-Remaining: \d+",
    ("rate-limits", "typescript"): r"^\d+\n$",
    ("rate-limits", "requests"): r'"default";r=\d+;t=\d+ \d+',
    ("runs", "curl"): r'"status": ?"pending".*"status": ?"cancelled"',
    ("runs", "typescript"): r"run_\w+ pending\ncancelled",
    ("runs", "requests"): r"run_\w+ pending\ncancelled",
    ("runs", "codecourier"): r"run_\w+ pending\ncancelled",
    ("workflows", "curl"): r'"stepCount": ?2.*"latestVersion": ?2.*"version": ?2.*"activeVersion": ?1,"latestVersion": ?2',
    ("workflows", "typescript"): r"^2\nversion 1 of 2\n$",
    ("workflows", "requests"): r"^2\nversion 1 of 2\n$",
    ("workflows", "codecourier"): r"^2\n2 \S+ 1\n1 \S+ 1\nversion 1 of 2\n$",
    ("events", "curl"): r'"seq": ?1,"type": ?"status"',
    ("events", "typescript"): r"^1 status\n",
    ("events", "requests"): r"^1 status\n",
    ("events", "codecourier"): r"^1 status\n",
    ("changes", "curl"): r'^{"data": ?\[\]',
    ("changes", "typescript"): r"^from [1-9]\d*\n$",
    ("changes", "requests"): r"^from [1-9]\d*\n$",
    ("changes", "codecourier"): r"^from [1-9]\d*\n$",
    ("chains", "curl"): r'"runCount": ?3,"completedCount": ?0',
    ("chains", "typescript"): r"^running 0 of 3\n$",
    ("chains", "requests"): r"^running 0 of 3\n$",
    ("chains", "codecourier"): r"^running 0 of 3\n$",
    ("contexts", "curl"): r'"activeVersion": ?1.*"note": ?"As agreed on Monday".*"name": ?"release".*"activeVersion": ?1',
    ("contexts", "typescript"): r"^House rules version 1\nrelease version 1\n$",
    ("contexts", "requests"): r"^House rules version 1\nrelease version 1\n$",
    ("contexts", "codecourier"): r"^House rules version 1\n1 As agreed on Monday [^\n]+\nrelease version 1\nSKILL.md \d+\nchecklist.md \d+\n$",
    ("learnings", "curl"): r'"status": ?"approved"',
    ("learnings", "typescript"): r"^Tests need a database approved\n$",
    ("learnings", "requests"): r"^Tests need a database approved\n$",
    ("learnings", "codecourier"): r"^Tests need a database approved\nTests need a database 1\n$",
    ("sessions", "curl"): r'"kind": ?"discovery"',
    ("sessions", "typescript"): r"^discovery pending\n$",
    ("sessions", "requests"): r"^discovery pending\n$",
    ("sessions", "codecourier"): r"^discovery pending\n$",
    ("sandboxes", "curl"): r'"position": ?1,"kind": ?"message".*"position": ?2,"kind": ?"commit"',
    ("sandboxes", "typescript"): r"^opening message pending\n$",
    ("sandboxes", "requests"): r"^opening message pending\n$",
    ("sandboxes", "codecourier"): r"^opening message pending\n$",
    ("candidates", "curl"): r'"status": ?"running".*"runIds": ?\["run_',
    ("candidates", "typescript"): r"^running 3\n$",
    ("candidates", "requests"): r"^running 3\n$",
    ("candidates", "codecourier"): r"^running 3\n$",
    ("schedules", "curl"): r'"frequency": ?"daily".*"weekdays": ?\["mon","thu"\].*"nextRuns": ?\[\{"at": ?"20',
    ("schedules", "typescript"): r"^20\d\d-[^\n]*Z\n(20\d\d-[^\n]*Z\n){5}$",
    ("schedules", "requests"): r"^20\d\d-[^\n]*Z\n(20\d\d-[^\n]*Z\n){5}$",
    ("schedules", "codecourier"): r"^20\d\d-[^\n]*\n(20\d\d-[^\n]*\n){5}$",
    ("python", "codecourier"): r"NOT_FOUND [0-9a-f-]{36}",
    ("jupyter", "codecourier"): r"^1 pending\n$",
}


@pytest.fixture
def surroundings(service: Service, request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """A project of its own for each example, with a run to look at, and a key like the page's reader has."""
    project = installation.Project(service.data)
    page = request.getfixturevalue("page")
    if page == "events":
        api, headers = f"{service.base}/api/v1", {"Authorization": f"Bearer {project('admin')}"}
        flow = requests.get(f"{api}/workflows", headers=headers, timeout=30).json()["data"][0]["id"]
        requests.post(f"{api}/runs", headers=headers, json={"workflowId": flow}, timeout=30).raise_for_status()
    (tmp_path / ".curlrc").write_text("silent\n")
    key = project("quickstart" if page == "getting-started" else "admin")
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    return kept | {"CC_BASE": service.base, "CC_KEY": key, "CURL_HOME": str(tmp_path)}


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All of TypeScript, checked by tsc as strictly as it can; at once, as most of its time goes into its own libraries."""
    folder, node = tmp_path_factory.mktemp("typescript"), installation.ROOT / "build" / "node"
    for page, tab in examples.scripts():
        if tab == "typescript":
            (folder / f"{page}.ts").write_text(examples.script(examples.PAGES / f"{page}.md", tab), encoding="utf-8")
    run([node / "node_modules" / ".bin" / "tsc", "--strict", "--target", "es2022", "--module", "esnext", "--moduleDetection", "force",
         "--moduleResolution", "bundler", "--lib", "es2022,dom,dom.iterable", "--typeRoots", node / "node_modules" / "@types", "--types", "node",
         "--outDir", folder / "out", *sorted(folder.glob("*.ts"))], folder, dict(os.environ))  # fmt: skip
    (folder / "out" / "package.json").write_text('{"type": "module"}')
    return folder / "out"


def run(words: list[str | Path], folder: Path, env: dict[str, str]) -> str:
    done = subprocess.run([str(word) for word in words], cwd=folder, env=env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, f"ended with {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout


def file(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(("page", "tab"), examples.scripts())
def test_example(page: str, tab: str, python: Path, compiled: Path, tmp_path: Path, surroundings: dict[str, str]) -> None:
    text = examples.script(examples.PAGES / f"{page}.md", tab)
    if tab == "curl":
        words = ["sh", file(tmp_path, "example.sh", "set -e\n" + text)]
    elif tab == "typescript":
        words = ["node", compiled / f"{page}.js"]
    else:
        words = [python, file(tmp_path, "example.py", text)]
    said = run(words, tmp_path, surroundings)
    assert said
    assert re.search(SAID.get((page, tab), "."), said, re.DOTALL), said
    if tab == "curl" and page not in ("getting-started", "errors"):
        assert '"error":{"code"' not in said and '"error": {"code"' not in said, said


def test_tabs_are_the_same_four_in_the_same_order() -> None:
    for path in examples.pages():
        of_set: dict[int, list[str]] = {}
        for block in examples.blocks(path):
            if block.tab_set:
                of_set.setdefault(block.tab_set, []).append(block.tab)
        for tabs in of_set.values():
            assert tabs == list(examples.TABS), f"{path.name}: {tabs}"


def test_json_that_is_shown_is_json() -> None:
    for path in examples.pages():
        for block in examples.blocks(path):
            if block.language == "json":
                json.loads(block.text)


def test_the_answers_shown_are_of_the_form_of_the_real_ones(service: Service) -> None:
    project = installation.Project(service.data)
    headers = {"Authorization": f"Bearer {project('quickstart')}"}
    shown = [json.loads(block.text) for block in examples.blocks(examples.PAGES / "getting-started.md") if block.language == "json"]
    real = [requests.get(f"{service.base}/api/v1/whoami", headers=headers, timeout=30).json(),
            requests.post(f"{service.base}/api/v1/runs/run_abc/cancel", headers=headers, timeout=30).json()]  # fmt: skip
    assert list(shown[0]["data"]) == list(real[0]["data"])
    assert shown[1]["error"] | {"requestId": ""} == real[1]["error"] | {"requestId": ""}
    shown_error, shown_problem = (json.loads(block.text) for block in examples.blocks(examples.PAGES / "errors.md") if block.language == "json")
    real_error = requests.get(f"{service.base}/api/v1/runs?limit=1000", headers=headers, timeout=30).json()
    assert shown_error["error"] | {"requestId": ""} == real_error["error"] | {"requestId": ""}
    real_problem = requests.get(f"{service.base}/api/v1/runs?limit=1000", headers=headers | {"Accept": "application/problem+json"}, timeout=30).json()
    assert shown_problem | {"requestId": "", "instance": ""} == real_problem | {"requestId": "", "instance": ""}


def test_versions_work_as_the_page_says(service: Service) -> None:
    headers = {"Authorization": f"Bearer {installation.Project(service.data)('admin')}"}
    issues = f"{service.base}/api/v1/issues"
    issue = f"{issues}/{requests.post(issues, headers=headers, json={'title': 'One'}, timeout=30).json()['data']['id']}"
    tag = requests.get(issue, headers=headers, timeout=30).headers["ETag"]
    assert requests.get(issue, headers=headers | {"If-None-Match": tag}, timeout=30).status_code == 304
    assert requests.patch(issue, headers=headers | {"If-Match": tag}, json={"title": "Two"}, timeout=30).status_code == 200
    late = requests.patch(issue, headers=headers | {"If-Match": tag}, json={"title": "Three"}, timeout=30)
    assert (late.status_code, late.json()["error"]["code"]) == (412, "PRECONDITION_FAILED")

"""Schemathesis over the description as lighttpd serves it, with a key that may do all and one that may do little: no finding
is left but those explained below."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import installation
import servers

# Nothing that slows anybody down: this asks some thousand times from one address.
UNLIMITED = "rateLimit = 0\nrateBurst = 1000000\nprojectRateLimit = 0\nsignInRate = 1000000\nrevokeRate = 1000000\n"

# They would end the run: the project that it works in, and the key that it uses.
LEFT_OUT = ("project.delete", "keys.revoke")

# What it finds and is right all the same: code of the check, operations, status, what the report says, why.
EXPLAINED = (
    ("ST202", r"GET /.*", 400, r"'cursor' is not one that this list has given out", "a cursor bears a seal that no pattern can describe"),
    ("ST202", r"GET /.*", 400, r"'(from|to)' must ", "how far apart, in which order and since which year times lie is no schema's to say"),
    ("ST202", r"(GET|POST) /trash.*", 400, r"'kind' is nothing that goes to the trash", "which kinds of things go there, the table of resources says"),
    ("ST202", r"POST /sandboxes", 400, r"'githubRepoUrl' is required: the project names no repository", "it depends on the project whether it must be said"),
    ("ST202", r"GET /events", 400, r"There is no change \d+ in this project", "how far a project's numbers have come is no schema's to say"),
    ("ST202", r"(POST|PATCH) /.*", 400, r"There is no \w+ of this id", "an id of the right form need not exist"),
    ("ST202", r"(POST|PATCH) /.*", 400, r"'githubRepoUrl' must ", "the operator decides which repositories are allowed"),
    ("ST202", r"POST /(members/invitations|session.*)", 400, r"'email' must be an e-mail address", "which texts are e-mail addresses is no pattern's to say"),
    ("ST202", r"(POST|PATCH) /project/api-keys.*", 400, r"'allowedNetworks' must be ", "the pattern says what IPv6 looks like, not all of its rules"),
    ("ST202", r"POST /issues/import", 400, r"'url' must be the address of an issue", "which addresses a forge gives its issues is no pattern's to say"),
    ("ST202", r"(GET|POST|PATCH) /.*", 400, r"must be one line of text .* none of them invisible", "what characters do to each other is beyond a pattern"),
    ("ST202", r"PATCH /.*", 412, r"has changed since the version in If-Match", "a tag of the right form need not be the row's"),
    ("ST201", r"(POST|PATCH) /.*", None, r"(?i)`(Idempotency-Key|If-Match)` in header.*(smaller than minLength|`minLength`)", "lighttpd hands on no header that is empty"),
    ("ST201", r"(PATCH|DELETE) /.*", 412, r"If-Match", "a tag that is none matches no version, and 412 refuses it"),
    ("ST204", r"GET /.*", 400, r"\"field\":\"request\"", "lighttpd refuses a GET that has a body"),
)  # fmt: skip


@pytest.fixture(scope="module")
def lighttpd() -> Iterator[servers.Transport]:
    transport = servers.LighttpdFastcgi()
    try:
        installation.command("init", "--data", transport.data)
        (transport.data / "codecourier.conf").write_text(UNLIMITED, encoding="utf-8")
        transport.start()
        yield transport
    finally:
        transport.stop()


def run(transport: servers.Transport, key: str, folder: Path) -> str:
    here = f"http://127.0.0.1:{transport.port}"
    left_out = [word for operation in LEFT_OUT for word in ("--exclude-operation-id", operation)]
    done = subprocess.run(
        [Path(sys.executable).with_name("schemathesis"), "run", f"{here}/api/v1/openapi.json", "--origin", here,
         "-H", f"Authorization: Bearer {key}", "--checks", "all", "--phases", "examples,coverage,fuzzing", "--max-examples", "3", "--max-time", "20",
         "--workers", "2", "--generation-deterministic", "--continue-on-failure", "--no-shrink", "--no-color", "--warnings", "off", *left_out],
        cwd=folder, capture_output=True, text=True, timeout=600,
        env=os.environ | {"SCHEMATHESIS_HOOKS": "declared_check", "PYTHONPATH": str(Path(__file__).parent), "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
    assert "API Operations:" in done.stdout and "Tested: 0" not in done.stdout, done.stdout[-4000:] + done.stderr[-4000:]
    assert done.returncode in (0, 1), done.stdout[-4000:] + done.stderr[-4000:]
    return done.stdout


def findings(report: str) -> list[tuple[str, str, int, str]]:
    """Code, operation, status and the words of each; one test case may have several."""
    found: list[tuple[str, str, int, str]] = []
    for section in re.split(r"(?m)^_{3,} (?=[A-Z]+ /)", report)[1:]:
        operation = section.partition(" _")[0]
        for case in re.split(r"(?m)^\d+\. Test Case ID: ", section)[1:]:
            status = re.search(r"(?m)^\[(\d{3})\]", case)
            words = case.partition("Reproduce with:")[0]
            found += [(code, operation, int(status[1]) if status else 0, words) for code in re.findall(r"(?m)^- (\w+) ", words)]
    return found


def is_explained(code: str, operation: str, status: int, words: str) -> bool:
    return any(
        code == its_code and re.fullmatch(operations, operation) and its_status in (None, status) and re.search(says, words)
        for its_code, operations, its_status, says, _ in EXPLAINED
    )


@pytest.mark.parametrize("name", ["admin", "quickstart"])
def test_no_finding_is_left_unexplained(lighttpd: servers.Transport, tmp_path: Path, name: str) -> None:
    report = run(lighttpd, installation.Project(lighttpd.data)(name), tmp_path)
    found = findings(report)
    counted = sum(int(number) for number in re.findall(r"(?m)^  ❌ ST\d+ .*: (\d+)$", report))
    assert len(found) == counted, f"{counted} findings, {len(found)} of them understood\n{report[-6000:]}"
    left = [f"{code} {operation} {status}\n{words}" for code, operation, status, words in found if not is_explained(code, operation, status, words)]
    assert not left, f"{len(left)} findings\n" + "\n".join(left)[:20000]

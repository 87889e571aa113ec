"""The contract: what it says of headers is what the service sends, and what it says it has read off the program is all there."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import requests

import examples
import installation
from conftest import Service

TEXT = (examples.PAGES / "contract.md").read_text(encoding="utf-8")


def headers_told() -> dict[str, str]:
    blocks = re.findall(r"^```text\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
    return dict(line.split(": ", 1) for block in blocks for line in block.splitlines())


def test_a_preflight_is_answered_with_the_headers_it_names(service: Service) -> None:
    told = headers_told()
    answer = requests.options(f"{service.base}/api/v1/runs", headers={"Origin": "https://example.com"}, timeout=30)
    assert answer.status_code == 204
    for name in ("Allow-Origin", "Allow-Methods", "Allow-Headers", "Max-Age"):
        assert answer.headers[f"Access-Control-{name}"] == told[f"Access-Control-{name}"]
    other = requests.get(f"{service.base}/api/v1/health", headers={"Origin": "https://example.com"}, timeout=30)
    assert other.headers["Access-Control-Expose-Headers"] == told["Access-Control-Expose-Headers"]
    assert len(told) == 5


@pytest.mark.parametrize("language", ["en", "de"])
def test_its_generated_parts_are_complete(language: str, built: Path) -> None:
    page = (built / language / "contract.html").read_text(encoding="utf-8")
    assert page.count('<div class="generated docutils container">') == len(re.findall(r"^```\{generated\}", TEXT, re.MULTILINE)) > 5
    openapi = json.loads(installation.command("openapi").stdout)
    for path, rows in openapi["paths"].items():
        for row in rows.values():
            assert re.search(rf'#route-{row["operationId"].replace(".", "-").lower()}"', page), path
            assert all(f">{word}<" in page for alias in row.get("x-aliases", []) for word in alias.split())
    for code in openapi["components"]["schemas"]["error"]["properties"]["error"]["properties"]["code"]["enum"]:
        assert f'#error-{code.lower().replace("_", "-")}"' in page

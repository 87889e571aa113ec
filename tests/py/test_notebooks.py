"""The notebooks run from top to bottom, in this process and against a server, and show no secret."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import places
import pytest

FOLDER = places.ROOT / "pyext" / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


def execute(path: Path, folder: Path) -> Any:
    nbformat = pytest.importorskip("nbformat")
    client = pytest.importorskip("nbclient").NotebookClient
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    client(notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(folder)}}).execute()
    return notebook


def outputs(notebook: Any) -> str:
    return "\n".join(str(output) for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs)


def test_there_are_three() -> None:
    assert [path.stem for path in NOTEBOOKS] == ["1-tutorial", "2-runs-and-costs", "3-bulk"]


@pytest.mark.timeout(180)
@pytest.mark.parametrize("where", ["in this process", "over HTTP"])
@pytest.mark.parametrize("path", NOTEBOOKS, ids=[path.stem for path in NOTEBOOKS])
def test_a_notebook_runs(path: Path, where: str, tmp_path: Path, web: places.Service, monkeypatch: pytest.MonkeyPatch) -> None:
    if where == "over HTTP":
        monkeypatch.setenv("CC_BASE", web.base)
        monkeypatch.setenv("CC_KEY", web.key)
    shown = outputs(execute(path, tmp_path))
    assert not re.search(r"cc_(live|test)_[0-9A-Za-z]{38}", shown)
    assert "<table" in shown or path.stem == "3-bulk"
    if path.stem == "2-runs-and-costs":
        assert "image/png" in shown, "the timeline"


def cells(path: Path, kind: str) -> list[str]:
    return ["".join(cell["source"]) for cell in json.loads(path.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == kind]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=[path.stem for path in NOTEBOOKS])
def test_the_german_edition_has_the_same_code(path: Path) -> None:
    """And so need not be executed once more."""
    german = FOLDER / "de" / path.name
    assert cells(german, "code") == cells(path, "code")
    for text, said in zip(cells(path, "markdown"), cells(german, "markdown"), strict=True):
        assert text != said and re.findall(r"`[^`]+`", text) == re.findall(r"`[^`]+`", said), "names stay as they are"
        assert text.partition(" ")[0] == said.partition(" ")[0] or not text.startswith("#"), "and headings headings"


def test_they_are_kept_without_their_outputs() -> None:
    for path in FOLDER.rglob("*.ipynb"):
        assert '"outputs": []' in path.read_text(encoding="utf-8") and '"execution_count": 1' not in path.read_text(encoding="utf-8")

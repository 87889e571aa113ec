"""The core's floors: what a file calls lies on its own floor or below it, and no files call each other in a circle."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import installation

sys.path.insert(0, str(installation.ROOT / "tests"))

import floors  # noqa: E402


def compiled(folder: Path, sources: dict[str, str]) -> floors.Calls:
    for name, text in sources.items():
        source = folder / f"{name}.c"
        source.parent.mkdir(parents=True, exist_ok=True)
        source.write_text(text)
        subprocess.run(["cc", "-c", source, "-o", source.with_suffix(".o")], check=True)
    return floors.calls(folder)


def test_the_core_calls_downward_only_and_in_no_circle() -> None:
    found = floors.calls(installation.BUILD / "obj" / "core")
    assert len(found) > 80
    assert floors.upward(found, list(floors.floors())) == []
    assert floors.circles(found) == []


def test_each_folder_of_the_core_is_a_floor() -> None:
    folders = {path.name for path in (installation.ROOT / "core").iterdir() if path.is_dir()}
    assert folders == floors.floors().keys() - {"top"}


@pytest.mark.parametrize("callee, wrong", [("base/low", 0), ("gate/same", 0), ("engine/high", 1), ("top", 1)])
def test_an_upward_call_is_found(tmp_path: Path, callee: str, wrong: int) -> None:
    found = compiled(tmp_path, {"gate/here": "void there(void); void here(void) { there(); }", callee: "void there(void) {}"})
    assert len(floors.upward(found, list(floors.floors()))) == wrong
    assert floors.circles(found) == []


def test_a_circle_is_found_even_on_one_floor(tmp_path: Path) -> None:
    found = compiled(tmp_path, {
        "base/a": "void b(void); void a(void) { b(); }",
        "base/b": "void c(void); void b(void) { c(); }",
        "base/c": "void a(void); void c(void) { a(); }",
        "base/d": "void a(void); void d(void) { a(); }",
    })  # fmt: skip
    assert len(floors.circles(found)) == 3

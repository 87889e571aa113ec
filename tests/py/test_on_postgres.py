"""codecourier.open() on a PostgreSQL server: the same interface, and the data are there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import codecourier
import postgres


@pytest.fixture
def address() -> str:
    return postgres.server().new_database()


def test_an_instance_is_opened_on_a_server(address: str, tmp_path: Path) -> None:
    with codecourier.open(address, data=tmp_path / "data") as cc:
        made = cc.workflows.create(name="there", steps=[{"role": "designer"}])
        assert address not in repr(cc)
    assert (tmp_path / "data" / "codecourier.db-key").exists() and not (tmp_path / "data" / "codecourier.db").exists()
    assert postgres.server().sql(address, "SELECT name FROM workflows WHERE name = 'there'") == [["there"]]
    with codecourier.open(address, data=tmp_path / "data", create=False) as cc:
        assert cc.workflows.get(made.id).name == "there"


def test_the_directory_beside_it_is_the_commands(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODECOURIER_DATA", str(tmp_path / "said"))
    codecourier.open(address).close()
    assert (tmp_path / "said" / "codecourier.db-key").exists()
    monkeypatch.delenv("CODECOURIER_DATA")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(codecourier.OpenError, match="copy it from the machine where the instance was made"):
        codecourier.open(address)


def test_what_cannot_be_opened_is_said(tmp_path: Path) -> None:
    with pytest.raises(codecourier.OpenError, match="cannot be reached") as refused:
        codecourier.open(f"postgresql://cc:geheim@/cc?host={tmp_path}", data=tmp_path / "data")
    assert "geheim" not in str(refused.value)
    with pytest.raises(codecourier.ConfigurationError, match="data="):
        codecourier.open(tmp_path / "my.db", data=tmp_path)


def test_without_libpq_one_sentence_says_what_to_install(tmp_path: Path) -> None:
    """A file of that name that is no library stands in its way."""
    (tmp_path / "libpq.so.5").write_text("")
    program = f"import codecourier; codecourier.open('postgresql://nowhere/cc', data={str(tmp_path / 'data')!r})"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=os.environ | {"LD_LIBRARY_PATH": str(tmp_path)}, check=False)
    assert "OpenError" in done.stderr and "libpq is not installed here: install the package libpq5." in done.stderr, done.stderr

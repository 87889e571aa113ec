"""The catalogues in www/words: complete, one word for each term, one translation for each text, and a language is one file."""

from __future__ import annotations

import html
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import installation

WORDS = installation.ROOT / "www" / "words"
sys.path.insert(0, str(WORDS))

import glossary
import po
import sources
import words

CATALOGUES = po.read_all(WORDS)
HEADER = ["X-Language-Name: Xenisch", "Plural-Forms: nplurals=3; plural=(n == 1 ? 0 : n < 5 ? 1 : 2);", "X-Plural-Categories: one few other"]


def run(*command: str | Path, cwd: Path = installation.ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    surroundings = {name: value for name, value in os.environ.items() if name != "MAKEFLAGS"} | environment
    return subprocess.run([*map(str, command)], cwd=cwd, env=surroundings, capture_output=True, text=True, timeout=600)


def catalogue(*entries: po.Entry) -> po.Catalogue:
    made = po.Catalogue("xx", HEADER)
    for entry in entries:
        made.add(entry)
    return made


def term(english: str, translated: str, *notes: str) -> po.Entry:
    return po.Entry(english, "term", strings=[translated], notes=list(notes))


# ---- what is there ------------------------------------------------------------------------------------------------------


def test_what_is_made_of_the_catalogues_is_fresh() -> None:
    """And all but the pages is translated; of the pages says test_pages.py::test_the_german_catalogue_is_complete."""
    done = run(sys.executable, WORDS / "words.py", "--check")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("one", CATALOGUES, ids=lambda one: one.language)
def test_no_text_is_translated_in_two_ways(one: po.Catalogue) -> None:
    """Unless a context tells them apart."""
    assert len(one.entries) > 1500
    assert glossary.doubles(one) == []


@pytest.mark.parametrize("one", CATALOGUES, ids=lambda one: one.language)
def test_a_term_has_one_word(one: po.Catalogue) -> None:
    assert glossary.faults(one) == []


def letters(text: str) -> str:
    """Without punctuation, which Sphinx makes finer."""
    return re.sub(r"\W", "", html.unescape(text))


def test_the_glossary_has_every_term_with_its_meaning(built: Path) -> None:
    terms = dict(sources.glossary(installation.ROOT / "www" / "docs" / "glossary.md"))
    assert len(terms) >= 60 and all(terms.values())
    assert list(terms) == sorted(terms)
    for one in CATALOGUES:
        page = letters(re.sub(r"<[^>]*>", "", (built / one.language / "glossary.html").read_text(encoding="utf-8")))
        own = [one.says(english, "term") for english in terms]
        assert len(set(own)) == len(own), "two terms with one word"
        assert not [word for word in own if letters(word) not in page]
        assert not [meaning for meaning in terms.values() if letters(one.says(meaning)) not in page]


# Where a text in `why` is for the operator; elsewhere it says why a run failed, which is a message of the API.
FOR_THE_OPERATOR = ("app.c", "files.c", "settings.c", "agent.c", "cgroup.c", "process.c", "sandbox.c", "trial.c", "worker.c")


def test_lines_for_the_operator_are_marked() -> None:
    """What is handed to cc_trouble, to doctor or to whoever opens an instance: CC_WORDS("…"), or nobody finds it to translate it."""
    handed = re.compile(r"\b(?:(?:cc_trouble|each)\(|snprintf\(h->trouble,).*?\);", re.DOTALL)
    why = re.compile(r"\bsnprintf\(why, .*?\);", re.DOTALL)
    marked = re.compile(r"\bCC_WORDS\(\s*" + sources.C_STRINGS + r"\s*\)")
    found = 0
    for path in (installation.ROOT / "core").rglob("*.c"):
        text = path.read_text(encoding="utf-8")
        for call in handed.findall(text) + (why.findall(text) if path.name in FOR_THE_OPERATOR else []):
            found += len(marked.findall(call))
            left = [one for one in re.findall(r'"(?:[^"\\]|\\.)*"', marked.sub("", call)) if re.search(r"[a-z]{2} [a-z]{2}", one)]
            assert not left, f"{path}: {left}"
    assert found > 30


# ---- what would be found ------------------------------------------------------------------------------------------------


def test_a_gap_is_found() -> None:
    one = catalogue(po.Entry("one", strings=["eins"]), po.Entry("two", strings=["zwei"], fuzzy=True), po.Entry("four", strings=["vier"]),
                    po.Entry("{n} day", plural="{n} days", strings=["{n} Tag", "{n} Tage"]))  # fmt: skip
    texts = [sources.Text("one", "a.md"), sources.Text("two", "a.md"), sources.Text("three", "b.md"), sources.Text("{n} day", "en.js:days", "{n} days")]
    assert words.missing(one, texts) == ["a.md: xx: fuzzy: two", "b.md: xx: not translated: three", "en.js: xx: not translated: {n} day"]
    assert words.gone(one, texts) == ["www/words/xx.po: nobody says this any more: four"]


def test_what_is_translated_in_two_ways_is_found() -> None:
    assert glossary.doubles(catalogue(po.Entry("Rotate", strings=["Erneuern"]), po.Entry("Rotate.", strings=["Rotieren."])))
    assert glossary.doubles(catalogue(po.Entry("Run {id}", strings=["Lauf {id}"]), po.Entry("Run {1}", strings=["Ausführung {1}"])))
    assert not glossary.doubles(catalogue(po.Entry("Run", strings=["Lauf"]), po.Entry("Run", "to do it", strings=["Starten"]), po.Entry("Run.", strings=["Lauf."])))


@pytest.mark.parametrize(("english", "translated", "missed"), [
    ("The run failed.", "Der Lauf schlug fehl.", []),
    ("All runs", "Alle Läufe", []),
    ("All runs", "Alle Ausführungen", ["run"]),
    ("It runs already.", "Sie läuft schon.", ["run"]),
    ("A workflow's runs", "Probeläufe eines Workflows", []),
    ("The key file is gone.", "Die Schlüsseldatei fehlt.", []),
    ("The key is gone.", "Der Schlüssel fehlt.", ["key"]),
    ("Cancel it", "Die Kette bricht sie ab", []),
    ("Cancel it", "Beenden", ["cancel"]),
    ("What `run` and {run} and --run and run=5 say", "Was da steht", []),
])  # fmt: skip
def test_another_word_for_a_term_is_found(english: str, translated: str, missed: list[str]) -> None:
    terms = [term("run", "Lauf"), term("key", "Key"), term("key file", "Schlüsseldatei"), term("cancel", "abbrechen", "forms: bricht … ab")]
    one = catalogue(*terms, po.Entry(english, strings=[translated]))
    assert [line.partition(": ")[2].partition(" is ")[0] for line in glossary.faults(one)] == missed


def test_an_exception_says_what_for_and_is_refused_when_it_is_idle() -> None:
    run_term = term("run", "Lauf")
    assert not glossary.faults(catalogue(run_term, po.Entry("It runs already.", strings=["Sie läuft."], notes=["not here: run"])))
    assert glossary.faults(catalogue(run_term, po.Entry("A run", strings=["Ein Lauf"], notes=["not here: run"])))


def test_another_value_is_found() -> None:
    assert words.values(catalogue(po.Entry("{n} of {all}", strings=["{n} von {alle}"])))
    assert not words.values(catalogue(po.Entry("{n} of {all}", strings=["von {all} {n}"])))


def test_a_catalogue_is_read_as_it_was_written() -> None:
    """However lines are broken: editors of such files have their own ways."""
    for one in CATALOGUES:
        assert po.parsed(po.written(one), one.language) == one


def test_an_update_keeps_what_is_translated() -> None:
    old = catalogue(po.Entry("one", strings=["eins"]), po.Entry("two", strings=["zwei"]), po.Entry("Run", strings=["Lauf"]))
    texts = [sources.Text("three", "b.md"), sources.Text("one", "a.md"), sources.Text("one", "c.md"), sources.Text("Run", "www/app/js/i18n/en.js:workflows.run")]
    new = words.updated(old, texts)
    assert [(entry.english, entry.strings, entry.places, entry.fuzzy) for entry in new.entries.values()] == [
        ("three", [], ["b.md"], False), ("one", ["eins"], ["a.md", "c.md"], False), ("Run", ["Lauf"], ["www/app/js/i18n/en.js:workflows.run"], True)]  # fmt: skip


# ---- a third language ---------------------------------------------------------------------------------------------------


def xenic(path: Path) -> None:
    """The only file that is added.  Every text there is stands between « and », but for those that no language has its own words for."""
    made = catalogue()
    for entry in CATALOGUES[0].entries.values():
        said = [entry.english] if entry.context == "term" or entry.strings == [entry.english] else [f"«{entry.english}»"]
        made.add(po.Entry(entry.english, entry.context, entry.plural, [*said, f"«{entry.plural}»", f"«{entry.plural}»"] if entry.plural else said, entry.places))
    path.write_text(po.written(made), encoding="utf-8")


@pytest.fixture(scope="module")
def copy(built: Path) -> Path:
    """The sources with xx.po; what this checkout has compiled already is taken along."""
    folder = installation.private_folder() / "copy"
    for part in ("core", "cgi", "pyext", "www", "tests/unit", "build/obj"):
        shutil.copytree(installation.ROOT / part, folder / part, symlinks=True, ignore=shutil.ignore_patterns("__pycache__", "*.so"))
    shutil.copy2(installation.ROOT / "Makefile", folder)
    shutil.copy2(installation.COMMAND, folder / "build")  # there before what is made is made anew
    (folder / "build" / "venv-docs").symlink_to(installation.ROOT / "build" / "venv-docs")
    xenic(folder / "www" / "words" / "xx.po")
    for command in ([sys.executable, "www/words/words.py"], ["make", "build/codecourier"]):
        done = run(*command, cwd=folder)
        assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_the_command_speaks_a_third_language(copy: Path, tmp_path: Path) -> None:
    xenic_help = run(copy / "build" / "codecourier", "help", LC_ALL="xx_XX.UTF-8").stdout
    assert "«Run the service: lighttpd and its workers.»" in xenic_help
    run(copy / "build" / "codecourier", "init", "--data", tmp_path / "data")
    shown = run(copy / "build" / "codecourier", "doctor", "--data", tmp_path / "data", LC_ALL="xx").stdout
    assert "«isolation»" in shown


def test_the_package_speaks_a_third_language(copy: Path) -> None:
    """Of the package its texts alone: the rest would have to be compiled."""
    asked = ("import sys, types; package = sys.modules['codecourier'] = types.ModuleType('codecourier'); package.__path__ = ['codecourier']; "
             "from codecourier import _texts; print(_texts.t('error'), len(_texts.WORDS))")  # fmt: skip
    said, count = run(sys.executable, "-c", asked, cwd=copy / "pyext", LC_ALL="xx_XX.UTF-8", PYTHONUTF8="1").stdout.split()
    assert said == "«error»" and int(count) > 150
    assert "«" in (copy / "pyext" / "notebooks" / "xx" / next(path.name for path in (copy / "pyext" / "notebooks").glob("1-*"))).read_text(encoding="utf-8")


def test_the_dashboard_speaks_a_third_language(copy: Path) -> None:
    texts = copy / "www" / "app" / "js" / "i18n"
    assert '"xx": "Xenisch",' in (texts / "languages.js").read_text(encoding="utf-8")
    english, late = sources.messages(texts / "en.js") | sources.messages(texts / "late-en.js"), sources.messages(texts / "late-xx.js")
    xenisch = sources.messages(texts / "xx.js")
    assert not set(late) & set(xenisch)
    assert set(english) == {key for key in late | xenisch if not key.startswith("reason.")}  # those of English are the service's own
    assert xenisch["navigation"] == "«Main navigation»"
    assert late["usage.days"].keys() == {"one", "few", "other"}


def test_the_pages_speak_a_third_language(copy: Path) -> None:
    (copy / "build" / "docs").mkdir()
    two = "import build; build.pages_of('xx', ['-Q', '-D', 'include_patterns=index.md,getting-started.md'])"
    done = run(sys.executable, "-c", two, cwd=copy / "www" / "docs", CC_COMMAND=str(copy / "build" / "codecourier"))
    assert done.returncode == 0, done.stdout + done.stderr
    page = (copy / "build" / "docs" / "xx" / "getting-started.html").read_text(encoding="utf-8")
    assert '<html lang="xx"' in page.replace('class="no-js" ', "") and "«Getting started»" in page and ">Xenisch<" in page


def test_a_language_that_is_gone_leaves_nothing(copy: Path) -> None:
    """Runs last: it takes the file away again."""
    (copy / "www" / "words" / "xx.po").unlink()
    assert "xx.js: old" in run(sys.executable, copy / "www/words/words.py", "--check", cwd=copy).stdout
    assert run(sys.executable, copy / "www/words/words.py", cwd=copy).returncode == 0
    assert not [path for path in copy.rglob("*xx*") if path.is_file() and "build" not in path.parts]
    for folder in ("www", "pyext"):
        for path in (path for path in (installation.ROOT / folder).rglob("*") if path.suffix in (".js", ".py", ".ipynb")):
            assert path.read_bytes() == (copy / path.relative_to(installation.ROOT)).read_bytes(), path

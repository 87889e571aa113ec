"""Build the documentation into build/docs, a folder for each language that www/words has a catalogue of.

    build.py             say what is done, fail when it fails                            (make docs)
    build.py --if-old    say nothing, but one line when it cannot be built               (make run, beside the service)

Pages that are fresh are not built again.  What building needs is installed into build/venv-docs from requirements.txt.  A language's folder is replaced once its new pages
are complete, so whoever reads meanwhile reads the old ones.
"""

from __future__ import annotations

import fcntl
import hashlib
import html
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "words"))

import outputs
import po

ROOT = HERE.parents[1]
BUILD = ROOT / "build"
COMMAND = BUILD / "codecourier"
VENV, WORK, OUT = BUILD / "venv-docs", BUILD / "docs-work", BUILD / "docs"
STAMP = OUT / ".ready"
WORDS = HERE.parent / "words"
LANGUAGES = ("en", *sorted(path.stem for path in WORDS.glob("*.po")))
PIP_SECONDS = 600

INDEX = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>CodeCourier</title>
<link rel="icon" href="en/_static/mark.svg">
"""
ENTRANCE = '<p><a href="{0}/" lang="{0}" hreflang="{0}">{1}</a></p>\n'


class CannotBuild(Exception):
    pass


def run(*words: str | Path, seconds: int = 600) -> None:
    try:
        done = subprocess.run([str(word) for word in words], cwd=ROOT, timeout=seconds, text=True, errors="replace",
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)  # fmt: skip
    except subprocess.TimeoutExpired:
        raise CannotBuild(f"{Path(str(words[0])).name} took longer than {seconds} s") from None
    if done.returncode != 0:
        lines = done.stdout.strip().splitlines() or ["it said nothing"]
        raise CannotBuild("\n".join(lines[-20:]))


def packages(patient: bool) -> None:
    wanted = (HERE / "requirements.txt").read_text()
    ready = VENV / ".ready"
    if ready.exists() and ready.read_text() == wanted:
        return
    run(sys.executable, "-m", "venv", "--clear", VENV)
    try:
        patience = [] if patient else ["--retries", "0", "--timeout", "5"]
        run(VENV / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check", *patience, "-r", HERE / "requirements.txt", seconds=PIP_SECONDS)
    except CannotBuild as error:
        raise CannotBuild(f"its packages cannot be installed ({str(error).splitlines()[-1]})") from None
    ready.write_text(wanted)


def state() -> str:
    """What the pages depend on, in short."""
    digest = hashlib.sha256()
    for path in sorted(path for folder in (HERE, WORDS) for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"):
        digest.update(f"{path.relative_to(HERE.parent)}\0".encode() + path.read_bytes())
    for words in (["openapi"], ["help"], ["settings"]):
        digest.update(subprocess.run([COMMAND, *words], capture_output=True, timeout=60).stdout)
    return digest.hexdigest()


STRICT = ("-q", "-n", "-W", "--keep-going")


def sphinx(builder: str, language: str, into: Path, how: Iterable[str] = STRICT) -> None:
    shutil.rmtree(into, ignore_errors=True)
    run(VENV / "bin" / "python", "-m", "sphinx", *how, "-b", builder, "-D", f"language={language}",
        "-d", WORK / f"doctrees-{builder}-{language}", HERE, into)  # fmt: skip


def words_of(language: str) -> None:
    """Where Sphinx looks for a language's catalogue, and what the entrance calls it."""
    catalogue = po.read(WORDS / f"{language}.po")
    folder = WORK / "locale" / language / "LC_MESSAGES"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "codecourier.po").write_text(outputs.documentation(catalogue), encoding="utf-8")


def entrance(language: str) -> str:
    if language == "en":
        return ENTRANCE.format(language, "Documentation in English")
    catalogue = po.read(WORDS / f"{language}.po")
    return ENTRANCE.format(language, html.escape(catalogue.says("Documentation in English", "not English but this language")))


def pages_of(language: str, how: Iterable[str] = STRICT) -> None:
    fresh, old = WORK / language, OUT / language
    if language != "en":
        words_of(language)
    sphinx("html", language, fresh, how)
    (fresh / ".buildinfo").unlink(missing_ok=True)
    shutil.rmtree(old, ignore_errors=True)
    fresh.rename(old)


def pages(loud: bool) -> None:
    if loud:
        print("docs:", ", ".join(LANGUAGES), flush=True)
    with ThreadPoolExecutor() as at_once:
        list(at_once.map(pages_of, LANGUAGES))
    (OUT / "index.html").write_text(INDEX + "".join(map(entrance, LANGUAGES)), encoding="utf-8")


def build(patient: bool) -> None:
    now = state()
    if STAMP.exists() and STAMP.read_text() == now:
        return
    packages(patient)
    pages(loud=patient)
    STAMP.write_text(now)


def template() -> Path:
    """The pages' texts as they are now, for www/words/words.py."""
    WORK.mkdir(parents=True, exist_ok=True)
    packages(patient=True)
    sphinx("gettext", "en", WORK / "gettext")
    return WORK / "gettext" / "codecourier.pot"


def main() -> int:
    if_old = "--if-old" in sys.argv
    if if_old:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # a shell's background job would not hear Ctrl-C
    sys.dont_write_bytecode = True
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    OUT.mkdir(parents=True, exist_ok=True)
    WORK.mkdir(parents=True, exist_ok=True)
    with open(WORK / "lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | (fcntl.LOCK_NB if if_old else 0))
        except BlockingIOError:
            return 0  # somebody is at it
        try:
            build(patient=not if_old)
        except (CannotBuild, OSError) as error:
            if if_old:
                print(f"The documentation is not built: {str(error).splitlines()[-1]}.  `make docs` tries again.", file=sys.stderr)
                return 0
            print(error, file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

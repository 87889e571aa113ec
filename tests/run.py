"""Run the tests that `make test` has built, in order, and add up what they say.

    tests/run.py [STEP...]      all of: unit fuzz oom web engine docs plain python browser

    unit   tests/unit/*_test.c, sanitized
    fuzz   every fuzz target over its corpus, sanitized
    oom    each allocation failed once, sanitized
    web    tests/web/, with the sanitized programs, through the core and every web server
    engine tests/engine/, sanitized: workers, agents, git, and what happens when they are killed
    docs   tests/docs/: the documentation in both languages, and every example in it
    python tests/py/: the Python package, its extension, command line, wheels and notebooks
    browser  tests/browser/: the dashboard in Chromium
    plain  what people run, unsanitized: the tutorial, trouble, and the fastest transports

A sanitizer's report counts as a failure, whichever process wrote it.  The last line reads "N passed, N failed".
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SANITIZED = ROOT / "build" / "san-address-undefined"
REPORTS = SANITIZED / "reports"
PLAIN = ROOT / "build"

passed = 0
failed = 0


def count(good: int, bad: int) -> None:
    global passed, failed
    passed += good
    failed += bad


def say(text: str) -> None:
    print(text, flush=True)


def unit() -> None:
    for program in sorted((SANITIZED / "tests").glob("*_test")):
        done = subprocess.run(
            [program], cwd=ROOT, env=os.environ | {"CMOCKA_MESSAGE_OUTPUT": "TAP"}, capture_output=True, text=True, errors="replace"
        )
        good = len(re.findall(r"^ok\b", done.stdout, re.MULTILINE))
        bad = len(re.findall(r"^not ok\b", done.stdout, re.MULTILINE))
        if (done.returncode != 0 and bad == 0) or good + bad == 0:
            bad += 1  # it died, or it tested nothing
        count(good, bad)
        say(f"unit {program.name}: {good} passed, {bad} failed")
        if bad:
            say(done.stdout + done.stderr)


def fuzz() -> None:
    for program in sorted(path for path in (SANITIZED / "fuzz").glob("*") if path.is_file()):
        corpus = sorted((ROOT / "tests" / "fuzz" / "corpus" / program.name).glob("*"))
        done = subprocess.run([program, *corpus], cwd=ROOT, capture_output=True, text=True, errors="replace")
        good = done.returncode == 0 and len(corpus) > 0
        count(len(corpus) if good else 0, 0 if good else 1)
        say(f"fuzz {program.name}: {len(corpus)} inputs, {'fine' if good else 'FAILED'}")
        if not good:
            say(done.stdout + done.stderr)


def oom() -> None:
    done = subprocess.run([SANITIZED / "tests" / "oom"], cwd=ROOT, capture_output=True, text=True, errors="replace")
    good = len(re.findall(r"^ok\b", done.stdout, re.MULTILINE))
    bad = len(re.findall(r"^not ok\b", done.stdout, re.MULTILINE))
    if (done.returncode != 0 and bad == 0) or good + bad == 0:
        bad += 1
    count(good, bad)
    say(f"oom: {good} passed, {bad} failed")
    if bad:
        say(done.stdout + done.stderr)


def pytest(name: str, build: Path, *arguments: str, folder: str = "web", python: str | Path = sys.executable) -> None:
    report = build / f"pytest-{name}.xml"
    report.unlink(missing_ok=True)
    done = subprocess.run(
        [python, "-m", "pytest", "-q", "--tb=short", "-p", "no:cacheprovider", f"--junitxml={report}", *arguments],
        cwd=ROOT / "tests" / folder,
        env=os.environ | {"CC_BUILD": str(build), "PYTHONDONTWRITEBYTECODE": "1"},
    )
    good = bad = 0
    if report.exists():
        for suite in ElementTree.parse(report).getroot().iter("testsuite"):
            wrong = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
            good += int(suite.get("tests", 0)) - wrong - int(suite.get("skipped", 0))
            bad += wrong
    if done.returncode != 0 and bad == 0:
        bad = 1
    count(good, bad)
    say(f"{name}: {good} passed, {bad} failed")


def web() -> None:
    pytest("web", SANITIZED)


def engine() -> None:
    pytest("engine", SANITIZED, folder="engine")


def docs() -> None:
    pytest("docs", PLAIN, folder="docs")


def plain() -> None:
    pytest("plain", PLAIN, "-k", "tutorial or trouble or (transcripts and (fastcgi or core))")


def python() -> None:
    pytest("python", PLAIN, folder="py", python=PLAIN / "venv-py" / "bin" / "python")


def browser() -> None:
    pytest("browser", PLAIN, folder="browser")


def sanitizer_reports() -> None:
    for report in sorted(REPORTS.glob("report*")):
        count(0, 1)
        say(f"FAILED: a sanitizer wrote {report.name}:\n{report.read_text(errors='replace')[:6000]}")


STEPS = {"unit": unit, "fuzz": fuzz, "oom": oom, "web": web, "engine": engine, "docs": docs, "plain": plain, "python": python, "browser": browser}


def main() -> int:
    wanted = sys.argv[1:] or list(STEPS)
    unknown = [step for step in wanted if step not in STEPS]
    if unknown:
        print(f"no such step: {', '.join(unknown)}; there are: {', '.join(STEPS)}", file=sys.stderr)
        return 2
    shutil.rmtree(REPORTS, ignore_errors=True)
    REPORTS.mkdir(parents=True)
    REPORTS.chmod(0o777)  # workers may run under another account
    for step in wanted:
        began = time.monotonic()
        STEPS[step]()
        say(f"-- {step}: {time.monotonic() - began:.0f} s")
    sanitizer_reports()
    print(f"{passed} passed, {failed} failed", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

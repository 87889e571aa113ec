"""Run the tests that `make test` has built, and add up what they say.

    tests/run.py [--lanes N] [STEP...]      all of: unit fuzz oom servers web engine attack docs plain python build browser checks

    unit     tests/unit/*_test.c, sanitized
    fuzz     every fuzz target over its corpus, sanitized
    oom      each allocation failed once, sanitized
    servers  tests/web/, sanitized: what is played through the core and every web server
    web      tests/web/, sanitized: all else
    engine   tests/engine/, sanitized: workers, agents, git, and what happens when they are killed
    attack   tests/attack/, sanitized: a hostile agent tries to get out, as root and as an ordinary account
    docs     tests/docs/: the documentation in both languages, and every example in it
    python   tests/py/: the Python package, its extension, command line and notebooks
    build    tests/py/: its wheels, its sanitized build, and other Pythons
    browser  tests/browser/: the dashboard in Chromium
    plain    what people run, unsanitized: the tutorial, trouble, and the fastest transports

Steps share nothing but what was built, so as many run at once as there are lanes: three for each processor, six at most, for a
step waits for half of its time; what it prints comes in one piece when it ends.  `engine` and `web` wait for most of theirs, and
so run several of their files at once.  A sanitizer's report counts as a failure, whichever process wrote it.  The last line reads "N passed, N failed".
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SANITIZED = ROOT / "build" / "san-address-undefined"
REPORTS = Path(os.environ.get("CC_REPORTS") or subprocess.check_output(["make", "--silent", "reports"], cwd=ROOT, text=True).strip())
PLAIN = ROOT / "build"


@dataclass
class Tally:
    """What a step has found out: how many tests did what, and the lines to show."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    lines: list[str] = field(default_factory=list)

    def add(self, what: str, passed: int, failed: int, output: str = "", skipped: int = 0) -> None:
        self.passed += passed
        self.failed += failed
        self.skipped += skipped
        self.lines.append(f"{what}: {passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
        if failed and output:
            self.lines.append(output)


def output_of(program: Path, *arguments: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [program, *arguments], cwd=ROOT, env=os.environ | environment,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
    )  # fmt: skip


def tap(tally: Tally, what: str, done: subprocess.CompletedProcess[str]) -> None:
    good = len(re.findall(r"^ok\b", done.stdout, re.MULTILINE))
    bad = len(re.findall(r"^not ok\b", done.stdout, re.MULTILINE))
    if (done.returncode != 0 and bad == 0) or good + bad == 0:
        bad += 1  # it died, or it tested nothing
    tally.add(what, good, bad, done.stdout)


def unit(tally: Tally) -> None:
    for program in sorted((SANITIZED / "tests").glob("*_test")):
        tap(tally, f"unit {program.name}", output_of(program, CMOCKA_MESSAGE_OUTPUT="TAP"))


def fuzz(tally: Tally) -> None:
    for program in sorted(path for path in (SANITIZED / "fuzz").glob("*") if path.is_file()):
        corpus = sorted((ROOT / "tests" / "fuzz" / "corpus" / program.name).glob("*"))
        done = output_of(program, *corpus)
        good = done.returncode == 0 and len(corpus) > 0
        tally.add(f"fuzz {program.name}", len(corpus) if good else 0, 0 if good else 1, done.stdout)


def oom(tally: Tally) -> None:
    tap(tally, "oom", output_of(SANITIZED / "tests" / "oom"))


def by_file(tally: Tally, name: str, build: Path, at_once: int, without: tuple[str, ...] = ()) -> None:
    """A step whose tests wait: its files side by side, the largest first."""
    files = [path for path in (ROOT / "tests" / name).glob("test_*.py") if path.name not in without]
    parts = {path: Tally() for path in sorted(files, key=lambda path: -path.stat().st_size)}
    with ThreadPoolExecutor(at_once) as pool:
        list(pool.map(lambda path: pytest(parts[path], f"{name}-{path.stem}", build, path.name, folder=name), parts))
    skipped = sum(part.skipped for part in parts.values())
    output = "\n".join(line for part in parts.values() if part.failed for line in part.lines)
    tally.add(name, sum(part.passed for part in parts.values()), sum(part.failed for part in parts.values()), output, skipped)


# What others installed beside pytest and no test asks for; to load one of them takes three seconds, for each file.
PLUGINS = [f"-pno:{name}" for name in ("schemathesis", "hypothesispytest", "anyio")]


def pytest(tally: Tally, name: str, build: Path, *arguments: str, folder: str = "", python: str | Path = sys.executable) -> None:
    report = build / f"pytest-{name}.xml"
    report.unlink(missing_ok=True)
    done = subprocess.run(
        [python, "-m", "pytest", "-q", "--tb=short", "-p", "no:cacheprovider", f"--junitxml={report}", *PLUGINS, *arguments],
        cwd=ROOT / "tests" / (folder or name),
        env=os.environ | {"CC_BUILD": str(build), "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
    )  # fmt: skip
    good = bad = skipped = 0
    if report.exists():
        for suite in ElementTree.parse(report).getroot().iter("testsuite"):
            wrong = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
            skipped += int(suite.get("skipped", 0))
            good += int(suite.get("tests", 0)) - wrong - int(suite.get("skipped", 0))
            bad += wrong
    if done.returncode != 0 and bad == 0:
        bad = 1
    tally.add(name, good, bad, done.stdout, skipped)


# Half the time of tests/web, so that one lane is not left with all of it.
THROUGH_EVERY_SERVER = ("test_asking.py", "test_transcripts.py")


def servers(tally: Tally) -> None:
    pytest(tally, "servers", SANITIZED, *THROUGH_EVERY_SERVER, folder="web")


def web(tally: Tally) -> None:
    by_file(tally, "web", SANITIZED, 2, without=THROUGH_EVERY_SERVER)


def engine(tally: Tally) -> None:
    by_file(tally, "engine", SANITIZED, 4)


def attack(tally: Tally) -> None:
    pytest(tally, "attack", SANITIZED)


def docs(tally: Tally) -> None:
    pytest(tally, "docs", PLAIN)


def plain(tally: Tally) -> None:
    pytest(tally, "plain", PLAIN, "-k", "tutorial or trouble or (transcripts and (fastcgi or core))", folder="web")


VENV_PY = PLAIN / "venv-py" / "bin" / "python"


def python(tally: Tally) -> None:
    pytest(tally, "python", PLAIN, "--ignore=test_build.py", folder="py", python=VENV_PY)


def build(tally: Tally) -> None:
    pytest(tally, "build", PLAIN, "test_build.py", folder="py", python=VENV_PY)


def browser(tally: Tally) -> None:
    pytest(tally, "browser", PLAIN)


# What `make check` looks at beside the tests and gcc's warnings: seconds, so that it is done here as well.
CHECKS = ("headers", "symbols", "floors", "generated", "columns", "format", "clang")


def checks(tally: Tally) -> None:
    environment = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
    for target in CHECKS:
        if target == "clang" and not shutil.which("clang"):
            tally.lines.append("make clang: skipped, there is no clang (tests/packages fuzz)")
            continue
        done = subprocess.run(["make", "--no-print-directory", target], cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        tally.add(f"make {target}", int(done.returncode == 0), int(done.returncode != 0), done.stdout)


def sanitizer_reports(tally: Tally) -> None:
    for report in sorted(REPORTS.glob("report*")):
        tally.add(f"a sanitizer wrote {report.name}", 0, 1, report.read_text(errors="replace")[:6000])


# The longest first, so that no lane is left with one of them at the end.
STEPS = {step.__name__: step for step in (engine, web, servers, docs, browser, build, python, plain, attack, oom, unit, checks, fuzz)}


def run(name: str) -> tuple[str, Tally, float]:
    began = time.monotonic()
    tally = Tally()
    print(f"-- {name} ...", flush=True)
    STEPS[name](tally)
    if tally.passed + tally.failed == 0:
        tally.add(f"{name} tested nothing: is it built?", 0, 1)
    return name, tally, time.monotonic() - began


def main() -> int:
    parser = argparse.ArgumentParser(description="Run the tests that `make test` has built.")
    parser.add_argument("--lanes", type=int, default=min(6, 3 * (os.cpu_count() or 1)), help="steps that run at once (%(default)s)")
    parser.add_argument("steps", nargs="*", metavar="STEP", choices=[*STEPS, []], help=f"all of: {' '.join(STEPS)}")
    wanted = parser.parse_args()

    # Started in the background by a shell, we would hand on an ignored SIGINT, and servers under test would not end by it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    shutil.rmtree(REPORTS, ignore_errors=True)
    REPORTS.mkdir(parents=True)
    REPORTS.chmod(0o777)  # workers may run under another account
    tallies = []
    with ThreadPoolExecutor(max_workers=max(1, wanted.lanes)) as lanes:
        for ended in as_completed([lanes.submit(run, name) for name in wanted.steps or STEPS]):
            name, tally, seconds = ended.result()
            tallies.append(tally)
            print(*tally.lines, f"-- {name}: {seconds:.0f} s", sep="\n", flush=True)
    tallies.append(Tally())
    sanitizer_reports(tallies[-1])
    if tallies[-1].lines:
        print(*tallies[-1].lines, sep="\n")
    passed, failed = sum(tally.passed for tally in tallies), sum(tally.failed for tally in tallies)
    print(f"{passed} passed, {failed} failed", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

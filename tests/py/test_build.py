"""Building: the wheel that needs nothing, the sanitized build, other Pythons, and a machine that lacks something.

CODECOURIER_PYTHONS may name more interpreters (separated by ':') that the abi3 wheel and a build of their own are tried with; a
free-threaded one is tried with its own build alone.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import textwrap
from pathlib import Path

import places
import pytest

pytestmark = pytest.mark.timeout(600)


def run(*arguments: object, **env: str) -> str:
    done = subprocess.run([str(one) for one in arguments], cwd=places.ROOT, env=os.environ | env, capture_output=True, text=True)
    assert done.returncode == 0, f"{arguments}\n{done.stdout[-3000:]}{done.stderr[-5000:]}"
    return done.stdout


def answers(*arguments: object) -> bool:
    return subprocess.run([str(one) for one in arguments], capture_output=True).returncode == 0


def other_pythons() -> list[str]:
    named = [one for one in os.environ.get("CODECOURIER_PYTHONS", "").split(":") if one]
    found = [shutil.which(f"python3.{n}{kind}") for n in range(12, 16) for kind in ("", "t")]
    return [one for one in [*named, *found] if one and answers(one, "-c", "import venv, ensurepip")]


@pytest.fixture(scope="module")
def wheel() -> Path:
    run(places.ROOT / "pyext" / "wheel", sys.executable, CODECOURIER_CFLAGS="-O0")  # what is in it is tried here, not how fast it is
    return max((places.ROOT / "dist").glob("codecourier-*.whl"), key=lambda one: one.stat().st_mtime)


SELF_CONTAINED = textwrap.dedent("""
    import os, re, sqlite3, sys
    sqlite3.connect(":memory:").close()
    import codecourier
    from codecourier import _core, _local
    path = os.path.join(sys.argv[1], "my.db")
    with codecourier.open(path, "quickstart") as cc:
        assert cc.whoami().name == "local owner" and len(cc.workflows.list()) == 2
        maps = open("/proc/self/maps").read()
        loaded = {line.split()[-1] for line in maps.splitlines() if re.search(r"libsodium|libcjson|libutf8proc", line)}
        assert len(loaded) == 3 and all("codecourier.libs" in one for one in loaded), loaded
        assert _local.two_sqlites(), "its own library, and Python's"
        try:
            sqlite3.connect(path)
            print("connected")
        except codecourier.SqliteConflict:
            print("refused")
        other = sqlite3.connect(":memory:")
    other.execute("ATTACH ? AS ours", (path,))
    other.execute("SELECT count(*) FROM ours.workflows").fetchone()
    try:
        codecourier.open(path)
        print("opened")
    except codecourier.SqliteConflict:
        print("refused")
    print(os.path.basename(_core.__file__), cc)
""")


def installed(python: str, wheel: Path, place: Path) -> Path:
    """The Python of a fresh environment with the wheel in it."""
    run(python, "-m", "venv", place)
    inside = place / "bin" / "python"
    run(inside, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wheel)
    return inside


@pytest.fixture(scope="module")
def inside(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return installed(sys.executable, wheel, tmp_path_factory.mktemp("wheel") / "venv")


def try_wheel(inside: Path, place: Path) -> None:
    said = subprocess.run([inside, "-I", "-c", SELF_CONTAINED, place], cwd=place, capture_output=True, text=True)
    assert said.returncode == 0, said.stderr
    assert said.stdout.startswith("refused\nrefused\n_core.abi3.so"), said.stdout
    done = subprocess.run([inside, "-m", "codecourier", "health", "--data", place / "my.db", "--json"], cwd=place, capture_output=True, text=True)
    assert done.returncode == 0 and '"ok"' in done.stdout, done.stderr


def test_the_wheel_brings_its_libraries(wheel: Path, inside: Path, tmp_path: Path) -> None:
    assert "-cp311-abi3-manylinux" in wheel.name
    try_wheel(inside, tmp_path)


WITHOUT = textwrap.dedent("""
    import ctypes, sys
    for name in ("libsodium.so.23", "libcjson.so.1", "libsqlite3.so.0", "libutf8proc.so.2"):
        try:
            ctypes.CDLL(name)
            sys.exit(name + " is there")
        except OSError:
            pass
    import codecourier
    with codecourier.open(sys.argv[1], "quickstart") as cc:
        assert len(list(cc.workflows.list(limit=1))) == 2
        print(cc.keys.create(name="tests", scopes=["runs:write"]).key)
""")


def test_it_works_where_none_of_the_libraries_is(inside: Path, tmp_path: Path) -> None:
    """A tour on a machine without libsodium, libcjson, libsqlite3 and libutf8proc: their files are hidden from the processes."""
    hidden = {os.path.realpath(one) for kind in ("sodium", "cjson", "sqlite3", "utf8proc") for folder in ("/usr/lib", "/usr/local/lib") for one in Path(folder).rglob(f"lib{kind}.so*")}
    alone: list[str | Path] = ["bwrap", "--dev-bind", "/", "/", "--die-with-parent", *(word for one in hidden for word in ("--ro-bind", "/dev/null", one))]
    if not shutil.which("bwrap") or not answers(*alone, "true"):
        pytest.skip("bubblewrap may not hide files here")
    data = tmp_path / "my.db"
    key = run(*alone, inside, "-I", "-c", WITHOUT, data).strip()
    assert '"local owner"' in run(*alone, inside, "-I", "-m", "codecourier", "whoami", "--data", data, "--json")
    with places.started([*alone, inside, "-I", "-m", "codecourier", "serve", "--data", data, "--port", "0"], "Ctrl-C ends it") as (_, printed):
        base = printed.partition("http://")[2].split()[0]
        assert '"runs:write"' in run(*alone, inside, "-I", "-m", "codecourier", "whoami", "--base", "http://" + base, "--json", CC_KEY=key)


def free_threaded(python: str) -> bool:
    return answers(python, "-c", "import sysconfig; assert sysconfig.get_config_var('Py_GIL_DISABLED')")


@pytest.mark.parametrize("python", [one for one in other_pythons() if not free_threaded(one)] or [pytest.param("", marks=pytest.mark.skip("there is no other Python here"))])
def test_the_same_wheel_serves_later_pythons(wheel: Path, tmp_path: Path, python: str) -> None:
    try_wheel(installed(python, wheel, tmp_path / "venv"), tmp_path)


@pytest.mark.parametrize("python", [sys.executable, *other_pythons()])
def test_a_build_for_one_python_alone(tmp_path: Path, python: str) -> None:
    """From source: sub-interpreters and free threading, where the version has them."""
    run(python, "-m", "venv", tmp_path / "venv")
    inside = tmp_path / "venv" / "bin" / "python"
    run(inside, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", places.ROOT, CODECOURIER_ABI3="0", CODECOURIER_CFLAGS="-O0")
    for script, argument in (("interpreters.py", tmp_path), ("threads.py", 2)):
        done = subprocess.run([inside, "-P", places.ROOT / "tests" / "py" / script, str(argument)], cwd=tmp_path, capture_output=True, text=True)
        assert (done.returncode, done.stdout) == (0, "fine\n"), done.stdout + done.stderr


def test_a_source_distribution_is_complete(tmp_path: Path) -> None:
    run(sys.executable, "setup.py", "-q", "sdist", "--dist-dir", tmp_path)
    (archive,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(archive) as opened:
        names = {name.partition("/")[2] for name in opened.getnames()}
    wanted = {str(path.relative_to(places.ROOT)) for kind in ("c", "h") for path in (places.ROOT / "core").rglob(f"*.{kind}")}
    wanted |= {"setup.py", "pyproject.toml", "pyext/exports.map", "pyext/codecourier/_parse.h", "pyext/codecourier/py.typed", "pyext/codecourier/_core.pyi", "LICENSE"}
    assert not wanted - names


def test_a_missing_header_names_its_package(tmp_path: Path) -> None:
    compiler = tmp_path / "cc"
    compiler.write_text('#!/bin/sh\nfor one; do case $one in *probe.c) grep -q "sodium.h\\|cJSON.h" "$one" && exit 1;; esac; done\nexec gcc "$@"\n')
    compiler.chmod(0o755)
    done = subprocess.run(
        [sys.executable, "setup.py", "build", "--build-base", tmp_path / "build"], cwd=places.ROOT, env=os.environ | {"CC": str(compiler)}, capture_output=True, text=True
    )
    assert done.returncode != 0
    assert "does not find sodium.h, cjson/cJSON.h" in done.stderr and "sudo apt install build-essential libcjson-dev libsodium-dev" in done.stderr


def test_what_is_generated_is_fresh() -> None:
    if not places.COMMAND.exists():
        pytest.skip("needs build/codecourier")
    run(sys.executable, "pyext/generate.py", "--check")


def test_clean_under_sanitizers(tmp_path: Path) -> None:
    """The tests that work the extension hardest, with every address and every integer watched.

    Without the sign-ins, whose guesses are counted by time: watched, they take too long.  And without forks beside a thread that
    is at work: the sanitizer's own allocator does not survive that, its lock may be held by the thread that is not in the child.
    """
    preload = " ".join(run("gcc", f"-print-file-name={one}").strip() for one in ("libasan.so", "libubsan.so"))
    if "/" not in preload:
        pytest.skip("gcc has no sanitizers here")
    library = "build/san-address-undefined/libcodecourier.a"  # `make test` has made it: a minute of compiling less
    run("make", "--silent", "SAN=address,undefined", library, MAKEFLAGS="")
    run(sys.executable, "setup.py", "-q", "build", "--force", "--build-base", "build/py-san", CODECOURIER_SANITIZE="address,undefined", CODECOURIER_LIBRARY=library)
    (built,) = (places.ROOT / "build" / "py-san").glob("lib.*/codecourier")
    env = {
        "PYTHONPATH": str(built.parent),
        "LD_PRELOAD": preload,
        "PYTHONMALLOC": "malloc",
        "ASAN_OPTIONS": "detect_leaks=0:abort_on_error=1",  # CPython itself keeps memory to its end
        "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1",
    }
    where = run(sys.executable, "-c", "import codecourier; print(codecourier.__file__)", **env)
    if str(built) not in where:
        pytest.skip("an editable installation hides the sanitized build")
    files = ["test_results.py", "test_transcripts.py", "test_process.py", "test_wsgi.py"]
    said = run(
        sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "not import_takes and not exports_nothing and not fcgi2 and not two_libraries and not lighttpd and not pandas and not timeline and not keeps_none and not built_here and not under and not session and not another_thread_is_inside and not a_child_gets_connections",
        "--timeout", "300", *(places.ROOT / "tests" / "py" / one for one in files), **env,
    )  # fmt: skip
    assert " passed" in said and "failed" not in said

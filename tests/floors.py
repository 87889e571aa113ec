"""Does the core call downward only?

    tests/floors.py [OBJECTS]      where its object files lie (build/obj/core)

A file's floor is its folder below core/; files of core/ itself are the top.  An upward call, and a circle of files that call each
other, is an error; each is said with the symbols that make it.
"""

from __future__ import annotations

import subprocess
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

Calls = dict[str, dict[str, list[str]]]  # file -> file -> symbols


def floors(listing: Path = ROOT / "core" / "floors") -> dict[str, str]:
    """What each floor is for, by its name; the highest first."""
    lines = [line for line in listing.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    return dict(line.split(": ", 1) for line in lines)


def symbols(objects: Path) -> tuple[dict[str, str], dict[str, list[str]]]:
    """Which file defines each symbol, and which each file wants."""
    defined: dict[str, str] = {}
    wanted: dict[str, list[str]] = {}
    for path in sorted(objects.rglob("*.o")):
        name = str(path.relative_to(objects).with_suffix(""))
        if not any((folder / f"{name}.c").exists() for folder in (ROOT / "core", objects)):
            continue  # left of a file that is gone or lies elsewhere now
        wanted[name] = []
        for line in subprocess.check_output(["nm", "--extern-only", path], text=True).splitlines():
            kind, symbol = line.split()[-2:]
            if kind == "U":
                wanted[name].append(symbol)
            else:
                defined[symbol] = name
    return defined, wanted


def calls(objects: Path) -> Calls:
    defined, wanted = symbols(objects)
    found: Calls = {name: defaultdict(list) for name in wanted}
    for name, theirs in wanted.items():
        for symbol in theirs:
            if defined.get(symbol, name) != name:
                found[name][defined[symbol]].append(symbol)
    return found


def floor_of(name: str) -> str:
    return name.split("/")[0] if "/" in name else "top"


def upward(found: Calls, order: list[str]) -> list[str]:
    return [
        f"{caller} ({floor_of(caller)}) calls up into {callee} ({floor_of(callee)}): {', '.join(names)}"
        for caller, theirs in found.items()
        for callee, names in theirs.items()
        if order.index(floor_of(callee)) < order.index(floor_of(caller))
    ]


def circles(found: Calls) -> list[str]:
    """Take away files that call nothing but what was taken away; what is left calls in a circle, or into one."""
    left = {name: set(theirs) for name, theirs in found.items()}
    while free := {name for name, theirs in left.items() if not theirs & left.keys()}:
        left = {name: theirs for name, theirs in left.items() if name not in free}
    called = set().union(*left.values()) if left else set()
    return [f"{name} is in a circle or leads into one: it calls {', '.join(sorted(left[name] & left.keys()))}" for name in sorted(left.keys() & called)]


def main() -> int:
    objects = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "build" / "obj" / "core"
    found = calls(objects)
    wrong = ["there are no object files: make all"] if not found else upward(found, list(floors())) + circles(found)
    print(*wrong or [f"{len(found)} files on {len(floors())} floors call downward only"], sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

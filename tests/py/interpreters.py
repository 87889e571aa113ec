"""Three sub-interpreters in three threads, each with a lock of its own where this Python has them: interpreters.py FOLDER

Each imports the package and works in an instance of its own.  Needs a build for this Python alone.  Prints "fine".
"""

import sys
import threading
from pathlib import Path
from typing import Any

import codecourier
from codecourier import _core

INNER = """
import codecourier
with codecourier.open({!r}, "inner") as cc:
    for n in range(30):
        made = cc.issues.create(title=str(n))
        assert cc.issues.get(made.id) == made and cc.whoami().created_at.year > 2000
        try:
            cc.runs.get("run_abc")
        except codecourier.NotFound as error:
            assert error.request_id
    assert len(list(cc.issues.list(limit=7))) == 30
"""


def run_inside(text: str) -> Any:
    """What went wrong in a new interpreter; None: nothing."""
    if sys.version_info >= (3, 13):
        import _interpreters as interpreters

        one = interpreters.create("isolated")
    else:
        import _xxsubinterpreters as interpreters  # type: ignore[import-not-found, unused-ignore]

        one = interpreters.create()  # isolated as well
    try:
        return interpreters.run_string(one, text)
    finally:
        interpreters.destroy(one)


def main(folder: Path) -> None:
    assert "abi3" not in str(_core.__file__)
    said: list[Any] = []
    if sys.version_info >= (3, 12):
        threads = [threading.Thread(target=lambda n=n: said.append(run_inside(INNER.format(str(folder / f"{n}.db"))))) for n in range(3)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        assert said == [None] * 3, said
    with codecourier.open(folder / "outer.db") as cc:  # and here nothing is broken
        assert cc.whoami().name == "local owner"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
    print("fine")

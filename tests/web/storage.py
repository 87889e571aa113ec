"""The one way in which tests open an instance's database beside its programs: to give it a past, to hold its lock, to look at what no answer tells."""

import sqlite3
from pathlib import Path

Connection = sqlite3.Connection


def connect(data: Path, *, timeout: float = 10, isolation_level: str | None = "DEFERRED", **options: object) -> sqlite3.Connection:
    """`data`: the data directory, or the path of a database.  As sqlite3.connect: `with` commits and does not close; isolation_level None: each statement alone."""
    path = data if data.suffix == ".db" else data / "codecourier.db"
    return sqlite3.connect(path, timeout=timeout, isolation_level=isolation_level, **options)  # type: ignore[call-overload, no-any-return]

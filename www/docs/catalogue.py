"""Keep the German catalogue: `make docs-catalogue` takes in what the pages say now, and marks what has to be translated.

    catalogue.py update POT PO     new texts are added empty, gone ones are dropped
    catalogue.py check POT PO      say what is not translated, fuzzy, or missing; ends with 1 if there is any
"""

from __future__ import annotations

import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale="de")


def update(template: Path, path: Path) -> None:
    wanted = read(template)
    known = {message.id: message.string for message in read(path)} if path.exists() else {}
    fresh = Catalog(locale="de", project="CodeCourier", charset="utf-8", fuzzy=False, header_comment="# The documentation in German.")
    for message in wanted:
        if message.id:
            fresh.add(message.id, known.get(message.id, ""))
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, fresh, width=130, omit_header=False)
    text = path.read_text(encoding="utf-8")
    changing = ("POT-Creation-Date", "PO-Revision-Date", "Last-Translator", "Language-Team", "Report-Msgid-Bugs-To", "Project-Id-Version", "Generated-By")
    keep = [line for line in text.split("\n") if not line.startswith(tuple(f'"{one}' for one in changing))]
    path.write_text("\n".join(keep), encoding="utf-8")


def faults(template: Path, path: Path) -> list[str]:
    known = {message.id: message for message in read(path)}
    found = []
    for message in read(template):
        if not message.id:
            continue
        there = known.get(message.id)
        if there is None:
            found.append(f"missing: {message.id}")
        elif there.fuzzy:
            found.append(f"fuzzy: {message.id}")
        elif not there.string:
            found.append(f"not translated: {message.id}")
    return found


def main() -> int:
    job, template, path = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    if job == "update":
        update(template, path)
        return 0
    found = faults(template, path)
    print("\n".join(found) or "complete")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

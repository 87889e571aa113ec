"""Read and write catalogues in gettext's PO format: the part of it that is in use here, which every PO editor reads.

Comments of translators, references, flags, contexts and plurals; no obsolete entries and no previous texts.
"""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass, field
from pathlib import Path

WIDTH = 118
ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}
UNESCAPES = {escaped: plain for plain, escaped in ESCAPES.items()}


@dataclass
class Entry:
    english: str
    context: str = ""
    plural: str = ""  # the English plural; "" where there is none
    strings: list[str] = field(default_factory=list)  # one, or a form for each of the language's plurals
    places: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)  # the translator's comments
    fuzzy: bool = False

    @property
    def key(self) -> tuple[str, str]:
        return self.context, self.english

    @property
    def translated(self) -> bool:
        return bool(self.strings) and all(self.strings) and not self.fuzzy


@dataclass
class Catalogue:
    language: str
    header: list[str]  # the lines of the first msgstr
    notes: list[str] = field(default_factory=list)
    entries: dict[tuple[str, str], Entry] = field(default_factory=dict)

    def add(self, entry: Entry) -> None:
        if entry.key in self.entries:
            raise ValueError(f"{self.language}.po has two entries for {entry.key}")
        self.entries[entry.key] = entry

    def says(self, english: str, context: str = "") -> str:
        """The translation; the English text where there is none."""
        entry = self.entries.get((context, english))
        return entry.strings[0] if entry and entry.translated else english

    def header_field(self, name: str) -> str:
        found = (line.partition(":")[2].strip() for line in self.header if line.startswith(f"{name}:"))
        return next(found, "")

    @property
    def plurals(self) -> list[str]:
        """What Intl.PluralRules calls msgstr[0], msgstr[1] …"""
        return self.header_field("X-Plural-Categories").split() or ["one", "other"]

    @property
    def name(self) -> str:
        """What the language calls itself."""
        return self.header_field("X-Language-Name") or self.language


def quote(text: str) -> str:
    return '"' + re.sub(r'[\\"\n\t\r]', lambda match: ESCAPES[match[0]], text) + '"'


def unquote(literal: str) -> str:
    return re.sub(r"\\(.)", lambda match: UNESCAPES.get(match[0], match[1]), literal[1:-1])


def wrapped(keyword: str, text: str) -> list[str]:
    """One line where it fits, else an empty first string and a string for each line."""
    if len(keyword) + len(quote(text)) < WIDTH and "\n" not in text[:-1]:
        return [f"{keyword} {quote(text)}"]
    lines = []
    for line in text.splitlines(keepends=True):
        lines += textwrap.wrap(line, WIDTH - 8, drop_whitespace=False, replace_whitespace=False, expand_tabs=False,
                               break_long_words=False, break_on_hyphens=False)  # fmt: skip
    return [f'{keyword} ""', *map(quote, lines)]


def written(catalogue: Catalogue) -> str:
    lines = [f"# {note}" for note in catalogue.notes]
    lines += ['msgid ""', 'msgstr ""', *(quote(line + "\n") for line in catalogue.header)]
    for entry in catalogue.entries.values():
        lines += ["", *(f"# {note}" for note in entry.notes)]
        lines += textwrap.wrap(" ".join(entry.places), WIDTH, initial_indent="#: ", subsequent_indent="#: ",
                               break_long_words=False, break_on_hyphens=False)  # fmt: skip
        if entry.fuzzy:
            lines.append("#, fuzzy")
        if entry.context:
            lines += wrapped("msgctxt", entry.context)
        lines += wrapped("msgid", entry.english)
        if entry.plural:
            lines += wrapped("msgid_plural", entry.plural)
            for i, text in enumerate(entry.strings or [""] * len(catalogue.plurals)):
                lines += wrapped(f"msgstr[{i}]", text)
        else:
            lines += wrapped("msgstr", entry.strings[0] if entry.strings else "")
    return "\n".join(lines) + "\n"


def take(entry: Entry, keyword: str, text: str) -> None:
    if keyword == "msgctxt":
        entry.context = text
    elif keyword == "msgid":
        entry.english = text
    elif keyword == "msgid_plural":
        entry.plural = text
    elif keyword.startswith("msgstr"):
        entry.strings.append(text)
    else:
        raise ValueError(f"{keyword} is not read here")


def entry_of(paragraph: str) -> Entry:
    entry, keyword, text = Entry(""), "", ""
    for line in paragraph.splitlines():
        if line.startswith("#~"):
            raise ValueError("obsolete entries are not read here: drop them")
        if line.startswith("#:"):
            entry.places += line[2:].split()
        elif line.startswith("#,"):
            entry.fuzzy = "fuzzy" in line
        elif line.startswith("#"):
            entry.notes += [line[2:]] if line[1:2] in ("", " ") else []
        elif line.startswith('"'):
            text += unquote(line)
        else:
            if keyword:
                take(entry, keyword, text)
            keyword, _, literal = line.partition(" ")
            text = unquote(literal)
    if keyword:
        take(entry, keyword, text)
    return entry


def parsed(text: str, language: str) -> Catalogue:
    entries = [entry_of(paragraph) for paragraph in re.split(r"\n(?:[ \t]*\n)+", text.strip())]
    head = entries[0]
    catalogue = Catalogue(language, head.strings[0].splitlines() if head.strings else [], head.notes)
    for entry in entries[1:]:
        catalogue.add(entry)
    return catalogue


def read(path: Path) -> Catalogue:
    try:
        return parsed(path.read_text(encoding="utf-8"), path.stem)
    except (ValueError, IndexError) as error:
        raise ValueError(f"{path.name}: {error}") from None


def read_all(folder: Path) -> list[Catalogue]:
    """One for each language there is."""
    return [read(path) for path in sorted(folder.glob("*.po"))]

"""Hold a catalogue to the glossary: where the English has a term, the translation has the one word for it.

The word is the translation of the term itself, with the context "term".  What else counts as that word is written above it:

    # forms: abbrech, abgebroch, bricht … ab      these, too; "…": whatever stands between

Letters with an umlaut count as those without, so that "Lauf" is found in "Läufe".  Where an English text has the letters of a
term and not its sense, the entry says so:

    # not here: run, page
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import po

FORMS, NOT_HERE = "forms:", "not here:"
FOLD = str.maketrans("äöüÄÖÜß", "aouAOUs")


def listed(entry: po.Entry, mark: str) -> list[str]:
    return [one.strip() for note in entry.notes if note.startswith(mark) for one in note.removeprefix(mark).split(",")]


def prose(text: str) -> str:
    """Without what is the same in every language: code, addresses of links, values, options, and words in quotes."""
    text = re.sub(r"`[^`]*`|\]\([^)]*\)|\{\w+\}|'[^' ]*'|\"[^\" ]*\"|--[a-z-]+|\S*[/_=.]\S+|\$\w+|[a-z]+[A-Z]\w+", "·", text)
    return re.sub(r"\s+", " ", text)


@cache
def pattern_of(term: str) -> re.Pattern[str]:
    """The term with the endings of English: runs, rotated, retries, paused."""
    stem = re.escape(term)
    return re.compile(rf"(?<![\w-])(?:{stem}|{stem[:-1]}ies)(?:s|es|d|ed|r|ing)?(?![\w-])" if term.endswith("y") else rf"(?<![\w-]){stem}(?:s|es|d|ed)?(?![\w-])", re.IGNORECASE)


def form_of(form: str) -> str:
    """A noun begins with its capital or stands within a longer one, which tells "Lauf" from "läuft"; verbs may begin a sentence."""
    pattern = ".*".join(re.escape(part.strip()) for part in form.translate(FOLD).split("…"))
    return rf"{pattern}|(?<=\w){pattern[0].lower()}{pattern[1:]}" if form[0].isupper() else f"(?i:{pattern})"


@cache
def word_of(forms: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(map(form_of, forms)), re.DOTALL)


def terms(catalogue: po.Catalogue) -> list[po.Entry]:
    """Longest first: a "key file" is not a "key"."""
    found = [entry for entry in catalogue.entries.values() if entry.context == "term" and entry.translated]
    return sorted(found, key=lambda entry: -len(entry.english))


def missed(entry: po.Entry, words: list[po.Entry]) -> Iterator[po.Entry]:
    """The terms that this entry has in English, and not in translation."""
    english = prose(f"{entry.english} {entry.plural}")
    translated = " ".join(entry.strings).translate(FOLD)
    for term in words:
        english, count = pattern_of(term.english).subn("·", english)
        forms = (*term.strings[0].split("|"), *listed(term, FORMS))
        if count and not word_of(forms).search(translated):
            yield term


def faults(catalogue: po.Catalogue) -> list[str]:
    words, file = terms(catalogue), f"www/words/{catalogue.language}.po"
    found = []
    for entry in catalogue.entries.values():
        if entry.translated and entry.context != "term" and entry.strings != [entry.english]:
            there, excused = {term.english: term.strings[0] for term in missed(entry, words)}, listed(entry, NOT_HERE)
            found += [f"{file}: {term} is {word}: {entry.english}" for term, word in there.items() if term not in excused]
            found += [f"{file}: no need for '{NOT_HERE} {term}': {entry.english}" for term in excused if term not in there]
    return found


def plain(text: str) -> str:
    """A text without what does not make it another: how values are called, a capital, a full stop."""
    return re.sub(r"\{\w+\}", "{}", text).rstrip(".").lower()


def doubles(catalogue: po.Catalogue) -> list[str]:
    """English texts that are translated in two ways, though no context tells them apart."""
    known: dict[tuple[str, str], str] = {}
    found = []
    for entry in catalogue.entries.values():
        if not entry.translated or entry.strings == [entry.english] or entry.context == "term":
            continue
        said = plain(entry.strings[0])
        if known.setdefault((entry.context, plain(entry.english)), said) != said:
            found.append(f"www/words/{catalogue.language}.po: translated in two ways: {entry.english}")
    return found

"""What this package says to a person, in their language.  Data, messages of the API and names stay as they are.

_words_LANGUAGE.py is made of the catalogues in www/words.  What is not there is shown in English.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from importlib import import_module
from typing import Any

# What argparse says; it asks for these by itself.
ARGPARSE = (
    "the following arguments are required: %s",
    "unrecognized arguments: %s",
    "expected one argument",
    "expected at most one argument",
    "expected at least one argument",
    "argument %(argument_name)s: %(message)s",
    "invalid choice: %(value)r (choose from %(choices)s)",
    "invalid %(type)s value: %(value)r",
    "ambiguous option: %(option)s could match %(matches)s",
    "ignored explicit argument %r",
)


def catalogue(locale: str, name: str) -> Mapping[str, str]:
    """One of a language's catalogues, by a locale such as "de_AT.UTF-8"; empty for English, and for what is not known."""
    region = re.match(r"[A-Za-z]+(_[A-Za-z]+)?(?=[.@]|$)", locale)
    for code in dict.fromkeys((region[0], region[0].partition("_")[0]) if region else ()):
        try:
            found: Mapping[str, str] = getattr(import_module(f"._words_{code}", __package__), name)
            return found
        except ModuleNotFoundError:
            pass
    return {}


def words_for(locale: str) -> Mapping[str, str]:
    """English -> the language of that locale."""
    return catalogue(locale, "WORDS")


LOCALE = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
WORDS = words_for(LOCALE)
REASONS = catalogue(LOCALE, "REASONS")
NAMED = re.compile(r"\{(\w+)\}")


def t(text: str, *values: object) -> str:
    """The text in the person's language, with values in the places of {}."""
    said = WORDS.get(text, text)
    return said.format(*values) if values else said


def reason(code: object, params: object) -> str | None:
    """Why something ended, in the person's language; None: the service's own words have to do.  core/context/reasons.h tells how
    sentences are made."""
    sentence = REASONS.get(code) if isinstance(code, str) else None
    if sentence is None:
        return None
    values: dict[str, str] = {}
    for name, value in params.items() if isinstance(params, dict) else ():
        said: Any = reason(value.get("code"), value) if isinstance(value, dict) else value
        if not isinstance(said, str):
            return None
        values[name] = said

    def first_whole(pieces: re.Match[str]) -> str:
        return next((piece for piece in pieces[1].split("|") if all(values.get(name) for name in NAMED.findall(piece))), "")

    return NAMED.sub(lambda name: values.get(name[1], ""), re.sub(r"\[([^\]]*)\]", first_whole, sentence))

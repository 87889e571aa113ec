"""What this package says to a person, in their language.  Data, messages of the API and names stay as they are.

_words_LANGUAGE.py is made of the catalogues in www/words.  What is not there is shown in English.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from importlib import import_module

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


def words_for(locale: str) -> Mapping[str, str]:
    """English -> the language of a locale such as "de_AT.UTF-8"; empty for English, and for what is not known."""
    region = re.match(r"[A-Za-z]+(_[A-Za-z]+)?(?=[.@]|$)", locale)
    for code in dict.fromkeys((region[0], region[0].partition("_")[0]) if region else ()):
        try:
            words: Mapping[str, str] = import_module(f"._words_{code}", __package__).WORDS
            return words
        except ModuleNotFoundError:
            pass
    return {}


WORDS = words_for(next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), ""))


def t(text: str, *values: object) -> str:
    """The text in the person's language, with values in the places of {}."""
    said = WORDS.get(text, text)
    return said.format(*values) if values else said

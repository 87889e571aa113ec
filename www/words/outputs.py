"""Write what each part reads, in each language that has a catalogue here.

    www/app/js/i18n/LANGUAGE.js and languages.js     the dashboard
    cgi/words.h                                      the command
    pyext/codecourier/_words_LANGUAGE.py             the Python package
    pyext/notebooks/LANGUAGE/                        its notebooks

The documentation's catalogues are written when it is built (www/docs/build.py), in the form that Sphinx reads.
A text that is not translated is shown in English.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path

import po
import sources

WIDTH = 118
MADE = "Made by www/words/words.py from the catalogues beside it; `make generate` renews it."


def translation(catalogue: po.Catalogue, text: sources.Text) -> list[str]:
    entry = catalogue.entries.get(text.key)
    return entry.strings if entry and entry.translated else []


def literals(text: str, indent: str, join: str, width: int = WIDTH) -> str:
    """One string literal, or several on lines of their own: of JavaScript with " +", of C and Python with "" between."""
    pieces = textwrap.wrap(text, width - len(indent) - 8, drop_whitespace=False, replace_whitespace=False, break_long_words=False,
                           break_on_hyphens=False) if "\n" not in text else [text]  # fmt: skip
    return f"{join}\n{indent}".join(po.quote(piece) for piece in pieces or [""])


# ---- the dashboard ----------------------------------------------------------------------------------------------------


def message(head: str, strings: list[str], categories: list[str]) -> str:
    """One line of a catalogue of the dashboard, broken where it would be too long."""
    if len(strings) > 1:
        forms = [f"{category}: {po.quote(text)}" for category, text in zip(categories, strings, strict=True)]
        line = f"  {head}: {{ {', '.join(forms)} }},"
        return line if len(line) <= WIDTH else f"  {head}: {{\n" + "".join(f"    {form},\n" for form in forms) + "  },"
    line = f"  {head}: {po.quote(strings[0])},"
    return line if len(line) <= WIDTH else f"  {head}:\n    {literals(strings[0], '    ', ' +')},"


def dashboard(root: Path, catalogue: po.Catalogue, late: bool = False) -> str:
    lines = [f"/* {catalogue.name}. {MADE} */", "export default {"]
    for text in sources.dashboard(root):
        if (text.file == sources.LATE) != late:
            continue
        strings = translation(catalogue, text)
        categories = catalogue.plurals if strings else ["one", "other"]
        lines.append(message(po.quote(text.place.partition(":")[2]), strings or [text.english, *filter(None, [text.plural])], categories))
    own = sources.reasons(root) if late else sources.own_words(root)
    return "\n".join([*lines, *ours(catalogue, own), "};"]) + "\n"


def ours(catalogue: po.Catalogue, texts: Iterable[sources.Text]) -> Iterator[str]:
    """Texts that are the service's own: in English it says them itself."""
    for text in texts:
        if strings := translation(catalogue, text):
            yield message(po.quote(text.place.partition(":")[2]), strings, [])


def languages(catalogues: Iterable[po.Catalogue]) -> str:
    """What there is to choose from, each by what it calls itself."""
    rows = [("en", "English"), *((one.language.replace("_", "-"), one.name) for one in catalogues)]
    return f"/* {MADE} */\nexport const LANGUAGES = {{\n" + "".join(f"  {po.quote(code)}: {po.quote(name)},\n" for code, name in rows) + "};\n"


# ---- the command ------------------------------------------------------------------------------------------------------

WORDS_H = f"""/*
 * The command's texts in other languages, by name, and what it shows of the core's texts, by their English.
 *
 * {MADE}
 */
#ifndef CODECOURIER_WORDS_H
#define CODECOURIER_WORDS_H

#include "text.h"

typedef struct words_pair {{
    const char *english, *translated;
}} words_pair;

typedef struct words_language {{
    const char        *code;
    const char *const *texts;   /* by text_id; NULL: as in English */
    const words_pair  *core;    /* ends with NULL, as do: */
    const words_pair  *reasons; /* their sentences by their code */
}} words_language;
"""


def says_most(text: sources.Text) -> tuple[int, str]:
    """The text that says most fits best.  Equals are in an order that no move of a file changes."""
    return -len(re.sub(r"\{\d\}", "", text.english)), text.english


def of_core(root: Path) -> list[sources.Text]:
    found = (text for find in (sources.settings, sources.troubles, sources.marked, sources.states, sources.scopes, sources.routes) for text in find(root))
    return sorted({text.key: text for text in found}.values(), key=says_most)


def c_rows(root: Path, catalogue: po.Catalogue) -> list[str]:
    code = catalogue.language
    lines = ["", f"static const char *const words_texts_{code}[T__MAX] = {{"]
    for text in sources.command(root):
        if strings := translation(catalogue, text):
            lines.append(f"    [T_{text.place.partition(':')[2]}] = {literals(strings[0], '        ', '')},")
    lines += ["};", "", f"static const words_pair words_core_{code}[] = {{"]
    for text in of_core(root):
        if strings := translation(catalogue, text):
            lines += [f"    {{{literals(text.english, '     ', '')},", f"     {literals(strings[0], '     ', '')}}},"]
    lines += ["    {NULL, NULL},", "};", "", f"static const words_pair words_reasons_{code}[] = {{"]
    for text in sources.reasons(root):
        if strings := translation(catalogue, text):
            lines += [f"    {{{po.quote(text.place.rpartition('.')[2])},", f"     {literals(strings[0], '     ', '')}}},"]
    return [*lines, "    {NULL, NULL},", "};"]


def command(root: Path, catalogues: list[po.Catalogue]) -> str:
    lines = [row for catalogue in catalogues for row in c_rows(root, catalogue)]
    lines += ["", "static const words_language words_languages[] = {"]
    lines += [f'    {{"{one.language}", words_texts_{one.language}, words_core_{one.language}, words_reasons_{one.language}}},' for one in catalogues]
    return WORDS_H + "\n".join([*lines, "    {NULL, NULL, NULL, NULL},", "};", "", "#endif"]) + "\n"


# ---- the package ------------------------------------------------------------------------------------------------------


def python_literal(text: str, indent: str) -> str:
    return json.dumps(text, ensure_ascii=False) if len(text) < WIDTH - 8 else f"(\n{indent}    {literals(text, indent + '    ', '')}\n{indent})"


def package(root: Path, catalogue: po.Catalogue) -> str:
    docstrings = [*sources.groups_and_advice(root), *sources.routes(root)]  # the package sees these without their line breaks
    found = [*sources.package(root), *docstrings]
    lines = [f'"""{catalogue.name}.  {MADE}"""', "", "WORDS: dict[str, str] = {"]
    for text in {text.key: text for text in found}.values():
        if strings := translation(catalogue, text):
            english = re.sub(r"\{\d\}", "{}", " ".join(text.english.split()) if text in docstrings else text.english)
            translated = re.sub(r"\{(\d)\}", lambda match: f"{{{int(match[1]) - 1}}}", strings[0])
            lines.append(f"    {po.quote(english)}: {python_literal(translated, '    ')},")
    lines += ["}", "", "REASONS: dict[str, str] = {"]
    for text in sources.reasons(root):
        if strings := translation(catalogue, text):
            lines.append(f"    {po.quote(text.place.rpartition('.')[2])}: {python_literal(strings[0], '    ')},")
    return "\n".join([*lines, "}"]) + "\n"


def notebooks(root: Path, catalogue: po.Catalogue) -> dict[str, str]:
    made = {}
    for path in sorted(root.glob("pyext/notebooks/*.ipynb")):
        notebook = json.loads(path.read_text(encoding="utf-8"))
        for cell in notebook["cells"]:
            if cell["cell_type"] == "markdown":
                text = sources.Text("".join(cell["source"]), str(path.relative_to(root)))
                cell["source"] = (translation(catalogue, text) or [text.english])[0].splitlines(keepends=True)
        made[f"pyext/notebooks/{catalogue.language}/{path.name}"] = json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"
    return made


# ---- the documentation ------------------------------------------------------------------------------------------------


def documentation(catalogue: po.Catalogue) -> str:
    """The pages' texts as Sphinx reads them: without contexts, which it does not know."""
    made = po.Catalogue(catalogue.language, catalogue.header)
    for entry in catalogue.entries.values():
        on_a_page = any(place.startswith("www/docs/") and ":" not in place for place in entry.places)
        if on_a_page and entry.translated and ("", entry.english) not in made.entries:
            made.add(po.Entry(entry.english, strings=entry.strings))
    return po.written(made)


# ---- all of them ------------------------------------------------------------------------------------------------------

# Where files of a language that is gone would be left.
PATTERNS = ("www/app/js/i18n/*.js", "pyext/codecourier/_words_*.py", "pyext/notebooks/*/*.ipynb")
BY_HAND = {sources.ENGLISH, sources.LATE, "www/app/js/i18n/index.js"}


def all_of(root: Path, catalogues: list[po.Catalogue]) -> dict[str, str]:
    made = {"www/app/js/i18n/languages.js": languages(catalogues), "cgi/words.h": command(root, catalogues)}
    for one in catalogues:
        made[f"www/app/js/i18n/{one.language.replace('_', '-')}.js"] = dashboard(root, one)
        made[f"www/app/js/i18n/late-{one.language.replace('_', '-')}.js"] = dashboard(root, one, late=True)
        made[f"pyext/codecourier/_words_{one.language}.py"] = package(root, one)
        made |= notebooks(root, one)
    return made


def strays(root: Path, made: dict[str, str]) -> list[str]:
    there = {str(path.relative_to(root)) for pattern in PATTERNS for path in root.glob(pattern)}
    return sorted(there - set(made) - BY_HAND)

"""Find every text that people read, in English, where it is written.

    dashboard   www/app/js/i18n/en.js and late-en.js, by key; of a plain resource that is not there, what the table says
    reasons     core/context/reasons.h, by code
    command     cgi/text.h, by name
    core        what the command shows of the core: states, meanings of settings, routes and scopes, and lines marked CC_WORDS("…")
    package     pyext/codecourier/*.py: t("…"), and what argparse says; routes, groups and advice of the API
    notebooks   pyext/notebooks/*.ipynb: cells of text
    docs        www/docs: what Sphinx finds (only when it is asked for: it takes half a minute)

Values stand in a text as {name} or {1}, {2} …; Python's {} and the core's %s are numbered here.
"""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import po

# Where one English text has several meanings, its context says which one is meant: context, place, texts (none: all of them).
CONTEXTS: list[tuple[str, str, tuple[str, ...]]] = [
    ("term", "www/docs/glossary.md:*", ()),
    ("not English but this language", "www/docs/build.py:INDEX", ()),
    ("to do it", "www/app/js/i18n/en.js:workflows.run", ()),
    ("number", "cgi/text.h:H_NUMBER", ()),
    ("advice", "www/app/js/i18n/en.js:error.*.todo", ("Try again.",)),
    ("a span of time", "www/app/js/i18n/late-en.js:usage.days", ()),
]

C_STRINGS = r'"(?:[^"\\]|\\.)*"(?:[\s\\]*"(?:[^"\\]|\\.)*")*'


@dataclass(frozen=True)
class Text:
    english: str
    place: str  # a file, and what the text is called there
    plural: str = ""

    @property
    def file(self) -> str:
        return self.place.partition(":")[0]

    @property
    def context(self) -> str:
        for context, place, texts in CONTEXTS:
            if fnmatchcase(self.place, place) and (not texts or self.english in texts):
                return context
        return ""

    @property
    def key(self) -> tuple[str, str]:
        return self.context, self.english


def numbered(text: str, pattern: str) -> str:
    """{1}, {2} … for each match."""
    count = iter(range(1, 100))
    return re.sub(pattern, lambda _: f"{{{next(count)}}}", text)


def c_text(literals: str) -> str:
    """What adjacent string literals of C say."""
    return "".join(po.unquote(one) for one in re.findall(r'"(?:[^"\\]|\\.)*"', literals))


# ---- the dashboard ----------------------------------------------------------------------------------------------------


def messages(path: Path) -> dict[str, Any]:
    """A catalogue of the dashboard: JSON, but for a head, joined strings, bare names and a comma at the end."""
    text = path.read_text(encoding="utf-8")
    body = text[text.index("export default") + len("export default") :].strip().rstrip(";")
    body = re.sub(r'"\s*\+\s*"', "", body)
    body = re.sub(r"(?<=[{ ])(zero|one|two|few|many|other):", r'"\1":', body)
    return dict(json.loads(re.sub(r",(\s*})", r"\1", body)))


ENGLISH, LATE = "www/app/js/i18n/en.js", "www/app/js/i18n/late-en.js"  # the second: what the first page does without


def dashboard(root: Path) -> Iterator[Text]:
    for file in (ENGLISH, LATE):
        for key, text in messages(root / file).items():
            place = f"{file}:{key}"
            yield Text(text["one"], place, text["other"]) if isinstance(text, dict) else Text(text, place)


def spaced(name: str) -> str:
    """What a field is called that no catalogue knows; as in ui/words.js."""
    words = re.sub(r"([a-z0-9])([A-Z])", lambda match: f"{match[1]} {match[2].lower()}", re.sub(r"[._-]", " ", re.sub(r"Id(s?)$", r"\1", name)))
    return words[:1].upper() + words[1:]


def own_words(root: Path) -> Iterator[Text]:
    """What the dashboard says of plain resources that en.js does not know, in the table's words; by the keys that ui/words.js looks for."""
    sys.path.insert(0, str(root / "www"))
    import generate

    known = messages(root / ENGLISH) | messages(root / LATE)
    for one in generate.Table(table(root)).resources.values():
        if one["plain"] and f"{one['group']}.title" not in known:
            for key, text in words_of(one, known).items():
                yield Text(text, f"www/app/js/table.js:{key}")


def words_of(resource: dict[str, Any], known: dict[str, Any]) -> dict[str, str]:
    group = resource["group"]
    found = {f"{group}.title": spaced(group), f"{group}.about": resource.get("about")}
    for name, facts in resource["fields"].items():
        if name != "id" and f"field.{name}" not in known:
            found |= {f"field.{group}.{name}": spaced(name), f"hint.{group}.{name}": facts.get("help")}
        found |= {f"{group}.{name}.{choice}": spaced(choice) for choice in facts.get("choices", []) if f"{name}.{choice}" not in known}
    return {key: text for key, text in found.items() if text and key not in known}


# ---- the command and the core -----------------------------------------------------------------------------------------


def command(root: Path) -> Iterator[Text]:
    table = (root / "cgi/text.h").read_text(encoding="utf-8").partition("#define TEXTS(X)")[2].partition("typedef enum")[0]
    for name, literals in re.findall(rf"X\(([A-Z][A-Z0-9_]*),\s*\\?\s*({C_STRINGS})\)", table):
        if c_text(literals):
            yield Text(c_text(literals), f"cgi/text.h:{name}")


def settings(root: Path) -> Iterator[Text]:
    text = (root / "core/context/settings.h").read_text(encoding="utf-8")
    for name, meaning in re.findall(rf'X\((\w+), "[^"]*", \d+, \d+,[\s\\]*({C_STRINGS})\)', text):
        yield Text(c_text(meaning), f"core/context/settings.h:{name}")


def troubles(root: Path) -> Iterator[Text]:
    """The parts that doctor has a line for."""
    table = (root / "core/codecourier.h").read_text(encoding="utf-8").partition("#define CC_TROUBLES(X)")[2].partition("typedef")[0]
    for part in dict.fromkeys(re.findall(r'X\([A-Z_]+, "([a-z ]+)"', table)):
        yield Text(part, f"core/codecourier.h:{part.replace(' ', '-')}")


def marked(root: Path) -> Iterator[Text]:
    """Lines for the operator, which the core itself writes in English; doctor shows them in the person's language."""
    for path in sorted([*root.glob("core/**/*.c"), *root.glob("cgi/*.c")]):
        for literals in re.findall(rf"\bCC_WORDS\(\s*({C_STRINGS})\s*\)", path.read_text(encoding="utf-8")):
            yield Text(numbered(c_text(literals), r"%[0-9.*]*l*[a-z]"), str(path.relative_to(root)))


@cache
def printed(program: Path, *words: str) -> str:
    return subprocess.run([program, *words], capture_output=True, text=True, check=True, timeout=60, env=os.environ | {"LC_ALL": "C"}).stdout


def program(root: Path) -> Path:
    return Path(os.environ.get("CC_COMMAND", root / "build" / "codecourier"))


def scopes(root: Path) -> Iterator[Text]:
    with tempfile.TemporaryDirectory() as data:
        printed(program(root), "init", "--data", data)
        for row in json.loads(printed(program(root), "scopes", "--data", data, "--json"))["data"]:
            yield Text(row["meaning"], f"core/gate/scope.c:{row['scope']}")


def table(root: Path) -> dict[str, Any]:
    return dict(json.loads(printed(program(root), "openapi", "--inline")))


def reasons(root: Path) -> Iterator[Text]:
    """What a run, a step or a chain can end with; the dashboard has the translations alone."""
    for row in table(root)["x-reasons"]:
        if has_words(re.sub(r"\{\w+\}", "", row["sentence"])):
            yield Text(row["sentence"], f"core/context/reasons.h:reason.{row['code']}")


def states(root: Path) -> Iterator[Text]:
    """Of runs and their steps, as the command shows them."""
    found = states_in(table(root))
    for name in dict.fromkeys(one["name"] for of in ("run", "step") for one in found[of]):
        yield Text(name, f"core/context/state.h:{name}")


def states_in(value: Any) -> dict[str, list[dict[str, Any]]]:
    """Each `x-states` of the document, by what they are of."""
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    made = {of: rows for one in inside for of, rows in states_in(one).items()}
    if isinstance(value, dict) and "x-states" in value:
        made[value["x-states"]["of"]] = value["x-states"]["states"]
    return made


def routes(root: Path) -> Iterator[Text]:
    for rows in table(root)["paths"].values():
        for row in rows.values():
            yield Text(row["summary"], f"core/routes.c:{row['operationId']}")


# ---- the package ------------------------------------------------------------------------------------------------------


def groups_and_advice(root: Path) -> Iterator[Text]:
    document = table(root)
    for tag in document["tags"]:
        yield Text(tag["description"], f"core/routes.c:{tag['name']}")
    for response in document["components"]["responses"].values():
        for code, example in response["content"]["application/json"]["examples"].items():
            yield Text(example["summary"], f"core/codecourier.h:{code}")


def said_by_name(tree: ast.Module) -> set[str]:
    """NAME of each t(NAME)."""
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "t")
    return {call.args[0].id for call in calls if isinstance(call.args[0], ast.Name)}


def package(root: Path) -> Iterator[Text]:
    for path in sorted(root.glob("pyext/codecourier/*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            match node:
                case ast.Call(func=ast.Name(id="t"), args=[ast.Constant(value=str(text)), *_]):
                    yield Text(numbered(text, r"\{\}"), str(path.relative_to(root)))
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str(text))) if name in said_by_name(tree):
                    yield Text(numbered(text, r"\{\}"), str(path.relative_to(root)))
                case ast.Assign(targets=[ast.Name(id="ARGPARSE")], value=ast.Tuple(elts=texts)):
                    for text in texts:
                        yield Text(str(ast.literal_eval(text)), f"{path.relative_to(root)}:argparse")


def notebooks(root: Path) -> Iterator[Text]:
    for path in sorted(root.glob("pyext/notebooks/*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "markdown":
                yield Text("".join(cell["source"]), str(path.relative_to(root)))


def entrance(root: Path) -> Iterator[Text]:
    """The page before the documentation names each language's own, in that language."""
    yield Text("Documentation in English", "www/docs/build.py:INDEX")


def terms(root: Path) -> Iterator[Text]:
    """The glossary's words themselves; their meanings are texts of the page."""
    for term in dict(glossary(root / "www/docs/glossary.md")):
        yield Text(term, f"www/docs/glossary.md:{term.replace(' ', '-')}")


def glossary(page: Path) -> Iterator[tuple[str, str]]:
    block = page.read_text(encoding="utf-8").partition("```{terms}\n")[2].partition("```")[0]
    for line in block.splitlines():
        term, _, meaning = line.partition(": ")
        yield term, meaning


# ---- the documentation ------------------------------------------------------------------------------------------------


def has_words(text: str) -> bool:
    """Beside code and numbers, which are the same in every language."""
    return re.search(r"[^\W\d_]{2}", re.sub(r"`[^`]*`", "", text)) is not None


def documentation(root: Path, template: Path) -> Iterator[Text]:
    """Of what Sphinx wrote; pages are named without their lines, so that the catalogue changes with texts alone."""
    for entry in filter(lambda entry: has_words(entry.english), po.parsed(template.read_text(encoding="utf-8"), "pot").entries.values()):
        pages = dict.fromkeys(re.sub(r"^(?:\.\./)*", "", place.rpartition(":")[0]) for place in entry.places)
        for page in pages or ["www/docs"]:
            yield Text(entry.english, page)


def without_documentation(root: Path) -> list[Text]:
    finders = (dashboard, own_words, reasons, command, settings, troubles, marked, states, routes, scopes, groups_and_advice, package, notebooks, entrance, terms)
    return [text for find in finders for text in find(root)]

"""Write www/app/js/table.js, what the dashboard knows of the table of routes.

What the first page needs of it is in table-early.js, beside it; table.js has that too, and forms load it when they are opened.

    www/generate.py [--check] [--into FILE] [OPENAPI.json]

Reads the OpenAPI document (by default what `build/codecourier openapi --inline` prints).  With --check it writes nothing and fails when
the file is not what it would write.  A module, and not the served document, because a page's first paint would wait for that
one and it is some fifty times as large.  What is in it stands here, for the same reason:

    resources   by the name of their shape
        group, path, scope   as in operations, in the API, and before ":read" and ":write"
        plain                it has the five routes of a plain resource and nothing else that matters to a page
        about                what it is, in English
        trash                it goes to the trash when it is deleted
        fields               in the order of forms
    bodies      fields of other requests, by operation
    queries     parameters with choices that are no resource's fields, of query and path, by operation
    states      by what has them: tone (how it looks), over (it stays so), by (the operations that are allowed in it)

    A field: type, min, max (length, number or count), required, nullable, default, choices, refers (to a resource), help
    (in English, where people fill it in), fields (of an item), names and value (of a map: a pattern and a length);
    readOnly, fixed (once made), filter, search, detail (not in lists).
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "www" / "app" / "js" / "table.js"
EARLY = "table-early.js"
WIDTH = 120
UNLIMITED = 2147483647
Json = dict[str, Any]

HEAD = "/* The table of the service, made by www/generate.py, which says what is in it; `make generate` renews it. */\n"


def commands_document() -> Json:
    command = Path(os.environ.get("CC_COMMAND", ROOT / "build" / "codecourier"))
    return dict(json.loads(subprocess.run([command, "openapi", "--inline"], capture_output=True, check=True).stdout))


def field_of(schema: Json, required: bool) -> Json:
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    low, high = {"string": ("minLength", "maxLength"), "array": ("minItems", "maxItems"), "object": ("minProperties", "maxProperties")}.get(
        kinds[0], ("minimum", "maximum"))  # fmt: skip
    inner = schema.get("items", schema).get("properties")
    facts = {
        "type": schema.get("x-type", kinds[0]),
        "required": required,
        "nullable": "null" in kinds,
        "min": None if schema.get("readOnly") else schema.get(low),
        "max": None if schema.get("readOnly") or schema.get(high) == UNLIMITED else schema.get(high),
        "choices": [choice for choice in schema.get("enum", schema.get("items", {}).get("enum", []) if schema.get("x-type") == "choices" else []) if choice is not None],
        "default": schema.get("default"),
        "refers": schema.get("x-refers"),
        "readOnly": schema.get("readOnly"),
        "fixed": schema.get("x-fixed"),
        "filter": schema.get("x-filter"),
        "search": schema.get("x-search"),
        "detail": schema.get("x-detail"),
        "help": None if schema.get("readOnly") else schema.get("description"),
        "names": schema.get("propertyNames", {}).get("pattern"),
        "value": schema.get("additionalProperties", {}).get("maxLength") if schema.get("x-type") == "map" else None,
        "fields": fields_of(schema.get("items", schema)) if inner else None,
    }
    return {name: value for name, value in facts.items() if value is not None and value is not False and value != []}


def fields_of(schema: Json) -> Json:
    required = schema.get("required", [])
    return {name: field_of(one, name in required) for name, one in schema["properties"].items()}


def body_of(operation: Json) -> Json | None:
    body = operation.get("requestBody")
    return dict(body["content"]["application/json"]["schema"]) if body and "x-sent-by" not in operation else None


def states_of(value: Any) -> Json:
    """Every `x-states` in the document, by what they are of."""
    if isinstance(value, list):
        return {name: found for one in value for name, found in states_of(one).items()}
    if not isinstance(value, dict):
        return {}
    made = {name: found for one in value.values() for name, found in states_of(one).items()}
    if "x-states" in value:
        made[value["x-states"]["of"]] = {
            one["name"]: {"tone": one["tone"], "over": one["over"], "by": [move["by"] for move in one["moves"] if "." in move["by"]]}
            for one in value["x-states"]["states"]
        }
    return made


class Table:
    def __init__(self, document: Json) -> None:
        self.paths = document["paths"]
        self.used: set[str] = set()
        self.states = states_of(document)
        self.resources = {name: self.resource(schema) for name, schema in document["components"]["schemas"].items() if "path" in schema.get("x-resource", {})}
        self.bodies = {}
        for methods in self.paths.values():
            for operation in methods.values():
                body = body_of(operation)
                if body and body.get("properties") and operation["operationId"] not in self.used:
                    fields = fields_of(body)
                    if any(facts["type"] != "ids" for facts in fields.values()):  # what is ticked in a list is no form
                        self.bodies[operation["operationId"]] = fields
        self.queries = {operation["operationId"]: found for methods in self.paths.values() for operation in methods.values()
                        if (found := self.query(operation))}  # fmt: skip

    def query(self, operation: Json) -> Json:
        known = [(name, facts.get("choices")) for one in self.resources.values() for name, facts in one["fields"].items()]
        asked = {one["name"]: field_of(one["schema"], False) for one in operation.get("parameters", []) if one.get("in") in ("query", "path")}
        return {name: facts for name, facts in asked.items() if "choices" in facts and (name, facts["choices"]) not in known}

    def resource(self, schema: Json) -> Json:
        """Its fields: as they are answered, and what a request to make one says of them."""
        about = schema["x-resource"]
        answered, listing = fields_of({"properties": schema["properties"]}), self.paths[about["path"]]
        if about["plain"]:
            for path, method in (about["path"], "post"), (about["path"] + "/{id}", "patch"):
                self.used.add(self.paths[path][method]["operationId"])
            for name, facts in fields_of(body_of(listing["post"]) or {}).items():
                answered[name] |= facts
        else:  # its page is written by hand and knows what is answered; what a filter chooses from is read here
            answered = {name: facts for name, facts in answered.items() if not facts.get("readOnly") or "choices" in facts}
        scope = listing["get"]["x-required-scope"].split(":")[0]
        made = {"group": about["operations"], "path": about["path"], "scope": scope, "plain": about["plain"], "about": schema.get("description")}
        made |= {"trash": True} if about.get("trash") else {}
        return made | {"fields": answered}


# ---- as JavaScript ----------------------------------------------------------------------------------------------------


def name_of(text: str) -> str:
    return text if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", text) else json.dumps(text)


def short(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{name_of(name)}: {short(one)}" for name, one in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(short, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def lines(before: str, value: Any, after: str) -> list[str]:
    """`before value after`, broken where it does not fit."""
    indent = re.match(" *", before)[0] + "  "  # type: ignore[index]
    whole = f"{before}{short(value)}{after}"
    if len(whole) <= WIDTH:
        return [whole]
    if isinstance(value, dict):
        return [before + "{", *packed([(f"{name_of(name)}: ", one) for name, one in value.items()], indent), indent[2:] + "}" + after]
    if isinstance(value, list):
        return [before + "[", *packed([("", one) for one in value], indent), indent[2:] + "]" + after]
    parts = textwrap.wrap(value, WIDTH - len(indent) - 6, drop_whitespace=False) if isinstance(value, str) else [value]
    return [before.rstrip(), *[indent + short(one) + (after if i == len(parts) - 1 else " +") for i, one in enumerate(parts)]]


def packed(items: list[tuple[str, Any]], indent: str) -> list[str]:
    """Simple values share lines, others have their own."""
    out, line = [], indent
    for before, value in items:
        text = f"{before}{short(value)}, "
        if isinstance(value, dict) or len(indent + text) > WIDTH:
            out += [line.rstrip()] if line.strip() else []
            out += lines(indent + before, value, ",")
            line = indent
        elif len(line + text.rstrip()) > WIDTH:
            out.append(line.rstrip())
            line = indent + text
        else:
            line += text
    return out + ([line.rstrip()] if line.strip() else [])


def modules(document: Json) -> dict[str, str]:
    """By the name of their file; "": the table's own."""
    table = Table(document)
    early = [*lines("export const resources = ", table.resources, ";"), "", *lines("export const states = ", table.states, ";")]
    late = [f'export {{ resources, states }} from "./{EARLY}";', "", *lines("export const bodies = ", table.bodies, ";"), "",
            *lines("export const queries = ", table.queries, ";")]  # fmt: skip
    return {name: HEAD + "\n".join(made) + "\n" for name, made in ((EARLY, early), ("", late))}


def main() -> int:
    parser = argparse.ArgumentParser(description="Write the dashboard's table.")
    parser.add_argument("document", nargs="?", type=Path)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--into", type=Path, default=TABLE)
    asked = parser.parse_args()
    made = modules(json.loads(asked.document.read_text()) if asked.document else commands_document())
    wrong = 0
    for name, text in made.items():
        into = asked.into.with_name(name) if name else asked.into
        if not asked.check:
            into.write_text(text, encoding="utf-8")
        elif not into.exists() or into.read_text(encoding="utf-8") != text:
            print(f"{into.name} is not what the table says: make generate", file=sys.stderr)
            wrong = 1
    return wrong


if __name__ == "__main__":
    sys.exit(main())

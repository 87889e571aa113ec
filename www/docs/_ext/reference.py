"""What the pages say about routes, errors, scopes and commands, read off the program itself.

    ```{routes} keys            every route of a tag: scope, parameters, body, answer, errors, an example
    ```{shapes} apiKey run      the fields of what is answered
    ```{others}                 both, for each plain resource that no page names
    ```{errors}                 the error codes: status, meaning, what to do, an example
    ```{scopes}                 the catalogue of scopes
    ```{generated} codes        what the contract says of codes, routes, schemes; settings NAME…; parameters OPERATION NAME…
    ```{terms}                  the glossary: a line for each term, "term: meaning"
    ```{states} run             the diagram and the table of states: a line for each of them, "state: meaning"
    ```{reasons} run            the reasons for which a run can end, of x-reasons
    ```{messages}               what webhooks send
    ```{printed} help serve     what `codecourier help serve` prints, in the page's language

Words that are for people go through the catalogues like those of any page; names, types and limits do not.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.parsers.rst import Directive
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util import logging

import po  # conf.py says where it is

ROOT = Path(__file__).resolve().parents[3]
COMMAND = Path(os.environ.get("CC_COMMAND", ROOT / "build" / "codecourier"))
log = logging.getLogger(__name__)


@cache
def program(*arguments: str, language: str = "en") -> str:
    words = "C.UTF-8" if language == "en" else f"{language}.UTF-8"
    done = subprocess.run(["codecourier", *arguments], executable=COMMAND, capture_output=True, text=True, timeout=60,
                          env={"LANG": words, "LC_ALL": words, "PATH": os.environ["PATH"]})  # fmt: skip
    if done.returncode != 0:
        raise RuntimeError(f"codecourier {' '.join(arguments)} ended with {done.returncode}: {done.stderr}")
    return done.stdout.rstrip("\n")


@cache
def scopes() -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        data = f"{folder}/data"
        program("init", "--data", data)
        return list(json.loads(program("scopes", "--data", data, "--json"))["data"])


@cache
def openapi() -> dict[str, Any]:
    return json.loads(program("openapi", "--inline"))


def resolve(value: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in value:
        return value
    found: Any = openapi()
    for part in value["$ref"].removeprefix("#/").split("/"):
        found = found[part]
    return found


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    return [(method.upper(), path, row) for path, rows in openapi()["paths"].items() for method, row in rows.items()]


def errors() -> dict[str, tuple[int, str, dict[str, Any]]]:
    """code -> status, advice, example."""
    found = {}
    for name, response in openapi()["components"]["responses"].items():
        for code, example in response["content"]["application/json"]["examples"].items():
            found[code] = int(name.removeprefix("Error")), example["summary"], example["value"]
    return found


# ---- limits, in a notation that needs no language --------------------------------------------------------------------


def span(low: Any, high: Any) -> str:
    if low is None and high is None or high in (2147483647, None) and low in (0, None):
        return ""
    if high in (2147483647, None):
        return f" {low}…"
    return f" {low or 0}…{high}"


def type_of(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return schema["$ref"].rsplit("/", 1)[1]
    if "enum" in schema and "null" not in schema["enum"] and not isinstance(schema.get("type"), list):
        said = " | ".join(json.dumps(value) for value in schema["enum"])
        return "scope" if "projects:read" in schema["enum"] else said
    kinds = schema.get("type", "any")
    kinds = [kinds] if isinstance(kinds, str) else list(kinds)
    out = []
    for kind in kinds:
        if kind == "string":
            if "enum" in schema:
                out.append(" | ".join(json.dumps(value) for value in schema["enum"] if value is not None))
            elif schema.get("format"):
                out.append(schema["format"])
            elif "_" in (prefix := schema.get("pattern", "^")[1:].split("[")[0]):
                out.append(prefix.rstrip("(") + "…")
            else:
                out.append("string" + span(schema.get("minLength"), schema.get("maxLength")))
        elif kind == "array":
            out.append(f"array of {type_of(schema.get('items', {}))}" + span(schema.get("minItems"), schema.get("maxItems")))
        elif kind in ("integer", "number"):
            out.append(kind + span(schema.get("minimum"), schema.get("maximum")))
        else:
            out.append(kind)
    return " | ".join(out)


# ---- nodes -----------------------------------------------------------------------------------------------------------


class Writer:
    def __init__(self, directive: Directive) -> None:
        self.directive = directive
        self.env = directive.state.document.settings.env
        self.source = directive.state.document.current_source or self.env.docname
        self.line = directive.lineno

    def words(self, text: str, kind: type[nodes.TextElement] = nodes.paragraph, **attributes: Any) -> nodes.TextElement:
        """Text for people: it is found in the catalogues, and replaced from them."""
        node = kind(text, "", **attributes)
        node.rawsource = text
        node.source, node.line = self.source, self.line
        parts = re.split(r"`([^`]+)`", text)
        for i, part in enumerate(parts):
            if part:
                node += nodes.literal(part, part) if i % 2 else nodes.Text(part)
        return node

    @staticmethod
    def code(*texts: str) -> nodes.paragraph:
        node = nodes.paragraph()
        for i, text in enumerate(texts):
            if i:
                node += nodes.Text(" ")
            node += nodes.literal(text, text)
        return node

    def pair(self, words: str, value: nodes.Node) -> nodes.container:
        """On one line."""
        made = nodes.container(classes=["pair"])
        made += self.words(words)
        made += value
        return made

    def block(self, text: str, language: str) -> nodes.literal_block:
        return nodes.literal_block(text, text, language=language)

    def link(self, label: str, text: str) -> nodes.Node:
        node = addnodes.pending_xref("", refdomain="std", reftype="ref", reftarget=label, refexplicit=True, refdoc=self.env.docname, refwarn=True)
        node += nodes.literal(text, text)
        return node

    def section(self, label: str, title: nodes.TextElement) -> nodes.section:
        made = nodes.section(ids=[label], names=[label])
        made += title
        self.directive.state.document.note_explicit_target(made, made)
        return made

    def plain_title(self, text: str) -> nodes.title:
        node = nodes.title()
        node += nodes.literal(text, text)
        return node

    def table(self, heads: list[str], rows: list[list[nodes.Node]], widths: list[int]) -> nodes.table:
        table = nodes.table(classes=["fields"])
        group = nodes.tgroup(cols=len(heads))
        table += group
        for width in widths:
            group += nodes.colspec(colwidth=width)
        head, body = nodes.thead(), nodes.tbody()
        group += head
        group += body
        for into, cells in [(head, [self.words(one) for one in heads]), *((body, cells) for cells in rows)]:
            row = nodes.row()
            into += row
            for cell in cells:
                entry = nodes.entry()
                entry += cell
                row += entry
        return table

    def fields(self, properties: list[tuple[str, dict[str, Any], bool]], required_matters: bool = True) -> nodes.table:
        rows: list[list[nodes.Node]] = []
        for name, schema, required in properties:
            meaning = nodes.container()
            if schema.get("description"):
                meaning += self.words(schema["description"])
            if required and required_matters:
                meaning += self.words("Required.")
            if "default" in schema:
                default = nodes.paragraph()
                default += nodes.literal("", f"= {json.dumps(schema['default'], ensure_ascii=False)}")
                meaning += default
            rows.append([self.code(name), self.code(type_of(schema)), meaning])
            inner = schema.get("items", schema) if "array" in str(schema.get("type")) else schema
            if inner.get("properties"):
                for key, value in inner["properties"].items():
                    inside = nodes.container()
                    if value.get("description"):
                        inside += self.words(value["description"])
                    if required_matters and key in inner.get("required", []):
                        inside += self.words("Required.")
                    rows.append([self.code(f"{name}{'[]' if inner is not schema else ''}.{key}"), self.code(type_of(value)), inside])
        return self.table(["Name", "Type and limits", "Meaning"], rows, [22, 28, 50])


# ---- directives ------------------------------------------------------------------------------------------------------


class FromProgram(Directive):
    has_content = False
    optional_arguments = 20

    def run(self) -> list[nodes.Node]:
        env = self.state.document.settings.env
        env.note_dependency(str(COMMAND))
        return self.make(Writer(self), env)

    def make(self, w: Writer, env: Any) -> list[nodes.Node]:
        raise NotImplementedError


@cache
def example_id(path: str) -> str:
    """The example of the table for the resource that is listed at `path`; what is listed nowhere is about a project."""
    schemas = openapi()["components"]["schemas"]
    schema = next((one for one in schemas.values() if one.get("x-resource", {}).get("path") == path), schemas["project"])
    return str(schema["properties"]["id"]["examples"][0])


def curl(method: str, path: str, row: dict[str, Any]) -> str:
    """The example: ids are those of the examples of the table."""
    resource, one, rest = path.partition("/{id}")
    shown = f"{resource}/{example_id(resource)}{rest}" if one else path
    for parameter in row.get("parameters", []):  # of the path's second place its own example
        if parameter.get("in") == "path" and parameter["name"] != "id":
            shown = shown.replace(f"{{{parameter['name']}}}", str(parameter["example"]))
    lines = [f'curl "$CC_BASE/api/v1{shown}"']
    if method != "GET":
        lines[0] = f'curl -X {method} "$CC_BASE/api/v1{shown}"'
    security = row.get("security")
    if security is None:
        lines.append('-H "Authorization: Bearer $CC_KEY"')
    elif security:
        lines.append('-b "cc_session=$CC_SESSION"')
        if method != "GET":
            lines.append('-H "X-CSRF-Token: $CC_CSRF"')
    body = row.get("requestBody")
    if body:
        example = body["content"]["application/json"].get("example", {})
        if example:
            text = json.dumps(example, ensure_ascii=False).replace("'", "'\\''")
            lines += ['-H "Content-Type: application/json"', f"-d '{text}'"]
    return " \\\n  ".join(lines)


class Routes(FromProgram):
    def make(self, w: Writer, env: Any) -> list[nodes.Node]:
        made = self.routes(w, env, " ".join(self.arguments).split())
        if not made:
            log.warning("no routes of %s", self.arguments, location=(env.docname, self.lineno))
        return made

    def routes(self, w: Writer, env: Any, groups: list[str]) -> list[nodes.Node]:
        documented = env.cc_operations = getattr(env, "cc_operations", {})
        made: list[nodes.Node] = []
        for method, path, row in operations():
            if row["tags"][0] in groups:
                documented[row["operationId"]] = env.docname
                made.append(self.route(w, method, path, row))
        return made

    def route(self, w: Writer, method: str, path: str, row: dict[str, Any]) -> nodes.section:
        section = w.section("route-" + row["operationId"].replace(".", "-").lower(), w.plain_title(f"{method} {path}"))
        section += w.words(row["summary"])
        scope = row.get("x-required-scope")
        if scope:
            line = nodes.paragraph()
            line += w.link("scopes-catalogue", scope)
            if row.get("x-also-required-scope"):
                line += nodes.Text(", ")
                line += w.link("scopes-catalogue", row["x-also-required-scope"])
            section += w.pair("Scope:", line)
        elif row.get("security"):
            section += w.words("Asks for a signed-in person; keys are refused.")
        elif row.get("security") == []:
            section += w.words("Needs no key.")
        else:
            section += w.words("Any key will do.")
        if row.get("x-aliases"):
            section += w.pair("Older names of the same route:", w.code(*row["x-aliases"]))
        parameters = [resolve(one) for one in row.get("parameters", [])]
        if parameters:
            section += w.words("Parameters", nodes.rubric)
            section += w.fields([(one["name"], one["schema"] | {"description": one.get("description", "")}, one.get("required", False)) for one in parameters])
        body = row.get("requestBody")
        schema = resolve(body["content"]["application/json"]["schema"]) if body else {}
        if schema.get("properties"):
            section += w.words("Body", nodes.rubric)
            section += w.fields([(name, value, name in schema.get("required", [])) for name, value in schema["properties"].items()])
        self.answer(w, section, row)
        codes = row["x-errors"]
        if codes:
            section += w.words("Errors", nodes.rubric)
            line = nodes.paragraph()
            for i, code in enumerate(codes):
                if i:
                    line += nodes.Text(", ")
                line += w.link("error-" + code.lower().replace("_", "-"), code)
            section += line
        section += w.words("Example", nodes.rubric)
        section += w.block(curl(method, path, row), "sh")
        return section

    def answer(self, w: Writer, section: nodes.section, row: dict[str, Any]) -> None:
        status, response = next((status, response) for status, response in row["responses"].items() if status.startswith("2"))
        content = resolve(response).get("content", {}).get("application/json")
        section += w.words("Answer", nodes.rubric)
        line = nodes.paragraph()
        line += nodes.literal(status, status)
        section += line
        if not content:
            return
        data = resolve(content.get("schema", {})).get("properties", {}).get("data", {})
        several = data.get("type") == "array"
        item = data.get("items", {}) if several else data
        if "$ref" in item:
            name = type_of(item)
            line += nodes.Text(" ")
            line += w.link(f"shape-{name.lower()}", name + ("[]" if several else ""))
        elif item.get("properties"):
            section += w.fields([(name, value, False) for name, value in item["properties"].items()], required_matters=False)
        if "example" in content:
            section += w.block(json.dumps(content["example"], indent=2, ensure_ascii=False), "json")


def shape_of(w: Writer, name: str) -> nodes.section:
    schema = openapi()["components"]["schemas"][name]
    section = w.section(f"shape-{name.lower()}", w.plain_title(name))
    if schema.get("description"):
        section += w.words(schema["description"])
    section += w.fields([(key, value, False) for key, value in schema["properties"].items()], required_matters=False)
    return section


class Shapes(FromProgram):
    def make(self, w: Writer, env: Any) -> list[nodes.Node]:
        return [shape_of(w, name) for name in " ".join(self.arguments).split()]


class Others(Routes):
    def make(self, w: Writer, env: Any) -> list[nodes.Node]:
        env.note_reread()  # what the other pages name may have changed
        pages = "\n".join(path.read_text(encoding="utf-8") for path in sorted(Path(env.srcdir, "reference").glob("*.md")))
        named = " ".join(re.findall(r"^```\{routes\} (.+)$", pages, re.MULTILINE)).split()
        made: list[nodes.Node] = []
        for name, schema in openapi()["components"]["schemas"].items():
            resource = schema.get("x-resource", {})
            if resource.get("plain") and resource["operations"] not in named:
                section = w.section(f"resource-{name.lower()}", w.plain_title(resource["operations"]))
                section += self.routes(w, env, [resource["operations"]])
                section += shape_of(w, name)
                made.append(section)
        return made


class Errors(FromProgram):
    def make(self, w: Writer, env: Any) -> list[nodes.Node]:
        made: list[nodes.Node] = []
        for code, (status, advice, example) in errors().items():
            section = w.section("error-" + code.lower().replace("_", "-"), w.plain_title(f"{status} {code}"))
            section += w.words(example["error"]["message"])
            section += w.words("What to do", nodes.rubric)
            section += w.words(advice)
            section += w.words("Example", nodes.rubric)
            section += w.block(json.dumps(example, indent=2), "json")
            made.append(section)
        return made


class Scopes(FromProgram):
    def make(self, w: Writer, env: Any) -> list[nodes.Node]:
        routes: dict[str, list[tuple[str, str]]] = {}
        for method, path, row in operations():
            if row.get("x-required-scope"):
                routes.setdefault(row["x-required-scope"], []).append((f"{method} {path}", "route-" + row["operationId"].replace(".", "-").lower()))
        rows: list[list[nodes.Node]] = []
        for line in scopes():
            uses = nodes.paragraph()
            for text, label in routes.get(line["scope"], []):
                uses += w.link(label, text)
                uses += nodes.Text(" ")
            meaning = nodes.container()
            meaning += w.words(line["meaning"])
            if line["includes"]:
                meaning += w.words("Includes:")
                meaning += w.code(*line["includes"])
            rows.append([w.code(line["scope"]), meaning, uses])
        return [w.table(["Scope", "Meaning", "Routes"], rows, [20, 35, 45])]


class Generated(FromProgram):
    """A part of the contract that the program knows, marked as such."""

    def make(self, w: Writer, env: Any) -> list[nodes.Node]:
        kind, *names = " ".join(self.arguments).split()
        made = nodes.container(classes=["generated"])
        made += w.words("Generated", nodes.rubric)
        made += {"codes": self.codes, "routes": self.routes, "schemes": self.schemes, "settings": self.settings, "parameters": self.parameters}[kind](w, names)
        return [made]

    def codes(self, w: Writer, _: list[str]) -> nodes.table:
        rows: list[list[nodes.Node]] = []
        for code, (status, _advice, example) in errors().items():
            name = nodes.paragraph()
            name += w.link("error-" + code.lower().replace("_", "-"), code)
            rows.append([w.code(str(status)), name, w.code("true") if example["error"].get("retryable") else nodes.paragraph(), w.words(example["error"]["message"])])
        return w.table(["Status", "Code", "retryable", "Message"], rows, [10, 30, 12, 48])

    def routes(self, w: Writer, _: list[str]) -> nodes.table:
        rows: list[list[nodes.Node]] = []
        for method, path, row in operations():
            name, scope = nodes.paragraph(), nodes.paragraph()
            name += w.link("route-" + row["operationId"].replace(".", "-").lower(), f"{method} {path}")
            for one in ("x-required-scope", "x-also-required-scope"):
                if row.get(one):
                    scope += nodes.literal(row[one], row[one])
                    scope += nodes.Text(" ")
            rows.append([name, scope, w.code(*row.get("x-aliases", []))])
        return w.table(["Route", "Scope", "Older names"], rows, [40, 25, 35])

    def schemes(self, w: Writer, _: list[str]) -> nodes.table:
        found = openapi()["components"]["securitySchemes"]
        rows: list[list[nodes.Node]] = [[w.code(name), w.words(one["description"])] for name, one in found.items()]
        return w.table(["Name", "Meaning"], rows, [20, 80])

    def settings(self, w: Writer, names: list[str]) -> nodes.table:
        known = {name: (preset, meaning) for meaning, name, preset in re.findall(r"^# (.+)\n#(\w+) = (.*)$", program("settings"), re.MULTILINE)}
        rows: list[list[nodes.Node]] = [[w.code(name), w.code(known[name][0]), w.words(known[name][1])] for name in names]
        return w.table(["Setting", "Default", "Meaning"], rows, [25, 15, 60])

    def parameters(self, w: Writer, names: list[str]) -> nodes.table:
        operation, *wanted = names
        row = next(row for _, _, row in operations() if row["operationId"] == operation)
        found = {one["name"]: one for one in map(resolve, row["parameters"])}
        return w.fields([(name, found[name]["schema"] | {"description": found[name]["description"]}, False) for name in wanted])


class Terms(Directive):
    """Each term with its word in each language that has a catalogue."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        w = Writer(self)
        catalogues = po.read_all(ROOT / "www" / "words")
        rows: list[list[nodes.Node]] = []
        for line in self.content:
            term, _, meaning = line.partition(": ")
            words = [term, *(one.says(term, "term") for one in catalogues)]
            rows.append([*(nodes.paragraph("", word) for word in words), w.words(meaning)])
        names = ["English", *(one.name for one in catalogues)]
        table = w.table([*names, "Meaning"], rows, [20] * len(names) + [50])
        for name, paragraph in zip(names, table.findall(nodes.paragraph), strict=False):
            paragraph.replace_self(nodes.paragraph("", name))  # what a language calls itself is not translated
        return [table]


class Floors(Directive):
    """The floors of the core, the highest first, with the files on each."""

    def run(self) -> list[nodes.Node]:
        w = Writer(self)
        self.state.document.settings.env.note_dependency(str(ROOT / "core" / "floors"))
        rows: list[list[nodes.Node]] = []
        for line in (ROOT / "core" / "floors").read_text(encoding="utf-8").splitlines():
            if not line or line.startswith("#"):
                continue
            name, _, meaning = line.partition(": ")
            folder = ROOT / "core" / ("" if name == "top" else name)
            files = " ".join(sorted(path.name for path in folder.glob("*.c")))
            rows.append([w.code("core/" if name == "top" else f"core/{name}/"), w.words(meaning), w.code(files)])
        return [w.table(["Floor", "What is on it", "Files"], rows, [15, 40, 45])]


def states_of(kind: str, value: Any) -> list[dict[str, Any]]:
    """The `x-states` of a kind, wherever the document has them."""
    if isinstance(value, dict) and value.get("x-states", {}).get("of") == kind:
        return list(value["x-states"]["states"])
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return next((found for one in inside if (found := states_of(kind, one))), [])


def next_of(state: dict[str, Any]) -> dict[str, list[str]]:
    """Which states follow it, and by which actions."""
    found: dict[str, list[str]] = {}
    for move in state["moves"]:
        if move["to"] != state["name"]:
            found.setdefault(move["to"], []).append(move["action"])
    return found


class Diagram:
    """States as boxes: those that can be left go down in steps, those that are over stand at the right."""

    BOX, LINE = (104, 30), (168, 46)

    def __init__(self, states: list[dict[str, Any]]) -> None:
        self.states = {state["name"]: state for state in states}
        depth = {states[0]["name"]: 0}
        for name in breadth_first(self.states, states[0]["name"]):
            for after in next_of(self.states[name]):
                depth.setdefault(after, depth[name] + 1)
        going = [name for name, state in self.states.items() if not state["over"]]
        over = [name for name, state in self.states.items() if state["over"]]
        last = max(depth[name] for name in going) + 1
        self.place = {name: (depth[name], row) for row, name in enumerate(going)}
        self.place |= {name: (last, row) for row, name in enumerate(over)}
        if over:
            self.place[over[-1]] = (last, max(len(going), len(over) - 1))  # below all, for the ways that come from far

    def corner(self, name: str) -> tuple[int, int]:
        column, row = self.place[name]
        return 1 + column * self.LINE[0], 1 + row * self.LINE[1]

    def arrow(self, of: str, to: str, actions: list[str]) -> str:
        (x1, y1), (x2, y2), (width, height) = self.corner(of), self.corner(to), self.BOX
        y1, y2 = y1 + height // 2, y2 + height // 2
        if x2 > x1 + self.LINE[0] and y2 > y1 + self.LINE[1]:  # around what stands between
            path = f"M{x1 + width // 2} {y1 + height // 2}V{y2 - 12}q0 12 12 12H{x2}"
        elif x2 == x1:
            path = f"M{x1 + width // 2} {y1 + height // 2 if y2 > y1 else y1 - height // 2}V{y2 - height // 2 if y2 > y1 else y2 + height // 2}"
        elif x2 > x1:
            path = f"M{x1 + width} {y1 - 4}C{x1 + width + 32} {y1 - 4} {x2 - 32} {y2 - 4} {x2} {y2 - 4}"
        else:
            path = f"M{x1} {y1 + 6}C{x1 - 32} {y1 + 6} {x2 + width + 32} {y2 + 6} {x2 + width} {y2 + 6}"
        return f'<path d="{path}" marker-end="url(#to)"><title>{", ".join(actions)}</title></path>'

    def svg(self) -> str:
        columns, rows = (max(place[i] for place in self.place.values()) for i in (0, 1))
        width, height = columns * self.LINE[0] + self.BOX[0] + 2, rows * self.LINE[1] + self.BOX[1] + 2
        said = "; ".join(f"{name} → {', '.join(after)}" for name, state in self.states.items() if (after := next_of(state)))
        made = [f'<svg class="states" role="img" aria-label="{said}" viewBox="0 0 {width} {height}" width="{width}" fill="none" stroke="currentColor">',
                '<defs><marker id="to" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
                '<path d="M0 0L8 4L0 8z" fill="currentColor" stroke="none"/></marker></defs>']  # fmt: skip
        made += [self.arrow(name, to, actions) for name, state in self.states.items() for to, actions in next_of(state).items()]
        for name, state in self.states.items():
            x, y = self.corner(name)
            made.append(f'<rect x="{x}" y="{y}" width="{self.BOX[0]}" height="{self.BOX[1]}" rx="{15 if state["over"] else 4}"/>')
            made.append(f'<text x="{x + self.BOX[0] // 2}" y="{y + 20}" text-anchor="middle" fill="currentColor" stroke="none">{name}</text>')
        return "".join(made) + "</svg>"


def breadth_first(states: dict[str, dict[str, Any]], first: str) -> list[str]:
    found = [first]
    for name in found:
        found += [after for after in next_of(states[name]) if after not in found]
    return found


class States(FromProgram):
    has_content = True

    def make(self, w: Writer, env: Any) -> list[nodes.Node]:
        states = states_of(self.arguments[0], openapi())
        meanings = dict(line.split(": ", 1) for line in self.content)
        if [state["name"] for state in states] != list(meanings):
            log.warning("the states of a %s are %s", self.arguments[0], ", ".join(state["name"] for state in states), location=(env.docname, self.lineno))
        rows: list[list[nodes.Node]] = [[w.code(state["name"]), w.words(meanings.get(state["name"], "")), w.code(*next_of(state))] for state in states]
        return [nodes.raw("", Diagram(states).svg(), format="html"), w.table(["Status", "Meaning", "Next"], rows, [15, 45, 40])]


class Reasons(FromProgram):
    """What a run, a step or a chain can end for: sentence and code, and what to do."""

    def make(self, w: Writer, env: Any) -> list[nodes.Node]:
        rows: list[list[nodes.Node]] = []
        for one in openapi()["x-reasons"]:
            if one["of"] == self.arguments[0]:
                said = nodes.container(ids=[f"reason-{one['code'].lower().replace('_', '-')}"])
                said += nodes.paragraph("", plain(in_language(one["sentence"], env.config.language)))
                said += w.code(one["code"])
                rows.append([said, w.words(one["advice"])])
        return [w.table(["Reason", "What to do"], rows, [55, 45])]


class Messages(FromProgram):
    """What webhooks send."""

    def make(self, w: Writer, env: Any) -> list[nodes.Node]:
        rows: list[list[nodes.Node]] = []
        for kind, item in openapi()["webhooks"].items():
            rows.append([w.code(kind), w.code(item["post"]["x-names"]), w.words(item["post"]["summary"])])
        return [w.table(["Type", "Names it", "Meaning"], rows, [25, 25, 50])]


def in_language(text: str, language: str) -> str:
    return next((one.says(text) for one in po.read_all(ROOT / "www" / "words") if one.language == language), text)


def plain(sentence: str) -> str:
    """Without what is said only where it is known."""

    def least(match: re.Match[str]) -> str:
        pieces = match[1].split("|")
        bare = [piece for piece in pieces if "{" not in piece]
        return bare[-1] if bare else pieces[0] if len(pieces) > 1 else ""

    return re.sub(r"\[([^]]*)\]", least, sentence)


class Printed(FromProgram):
    def make(self, w: Writer, env: Any) -> list[nodes.Node]:
        return [w.block(program(*" ".join(self.arguments).split(), language=env.config.language), "text")]


def every_route_is_documented(app: Sphinx, env: Any) -> None:
    known = {row["operationId"] for _, _, row in operations()}
    for operation in sorted(known - set(getattr(env, "cc_operations", {}))):
        log.warning("the route %s is on no page of the reference", operation)


def setup(app: Sphinx) -> dict[str, Any]:
    for name, directive in {"routes": Routes, "shapes": Shapes, "others": Others, "errors": Errors, "scopes": Scopes, "generated": Generated, "terms": Terms, "floors": Floors, "states": States, "reasons": Reasons, "messages": Messages, "printed": Printed}.items():
        app.add_directive(name, directive)
    app.connect("env-check-consistency", every_route_is_documented)
    return {"version": "1", "parallel_read_safe": False, "parallel_write_safe": True}

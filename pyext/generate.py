"""Write the typed part of the package from the table of routes.

    pyext/generate.py [--check] [OPENAPI.json]

Reads the OpenAPI document (by default what `build/codecourier openapi --inline` prints) and writes two files of pyext/codecourier/:
_generated.py has an exception for each error, a model for each shape and a method of Client for each route;
_generated_async.py has the methods of AsyncClient, apart because most programs never need them.
With --check it writes nothing and fails when a file is not what it would write.

The decisions that the table cannot know are the names below, and nothing else.
"""

from __future__ import annotations

import json
import keyword
import re
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "pyext" / "codecourier"
WIDTH = 120

# Shapes that have no name in the document, by the operation that answers them or by "Class.member".
NAMES = {
    "runs.artifacts": "Artifact",
    "contexts.versions": "DocumentVersion",
    "contexts.version": "DocumentVersion",
    "workflows.versions": "WorkflowVersion",
    "workflows.version": "WorkflowVersion",
    "WorkflowVersion.steps": "WorkflowStep",
    "skills.versions": "SkillVersion",
    "skills.version": "SkillVersion",
    "Skill.files": "SkillFile",
    "SkillVersion.files": "SkillFile",
    "commands.versions": "DocumentVersion",
    "commands.version": "DocumentVersion",
    "scripts.versions": "DocumentVersion",
    "scripts.version": "DocumentVersion",
    "health": "Health",
    "whoami": "Whoami",
    "scopes.list": "Scope",
    "runs.steps": "RunStep",
    "runs.events": "RunEvent",
    "changes.list": "Change",
    "sandboxes.events": "RunEvent",
    "workflows.runDry": "DryRun",
    "DryRun.steps": "DryRunStep",
    "DryRun.judge": "DryRunStep",
    "DryRunStep.documents": "RunDocument",
    "DryRun.findings": "Finding",
    "runs.changes": "RunChanges",
    "RunChanges.files": "ChangedFile",
    "RunChanges.commits": "RunCommit",
    "runs.compare": "RunComparison",
    "RunComparison.first": "ComparedRun",
    "RunComparison.second": "ComparedRun",
    "RunComparison.files": "ComparedFile",
    "runs.bulkDelete": "BulkDeleted",
    "session.create": "Session",
    "session.get": "Session",
    "session.update": "Session",
    "session.password": "Session",
    "session.accept": "Session",
    "session.deleteAll": "SessionsEnded",
    "session.invitation": "InvitationShown",
    "analytics.summary": "AnalyticsSummary",
    "workflows.analytics": "AnalyticsSummary",
    "personas.analytics": "AnalyticsSummary",
    "analytics.runs": "AnalyticsGroup",
    "analytics.usage": "UsageLine",
    "Session.projects": "SessionProject",
    "Workflow.steps": "WorkflowStep",
    "Run.workflow": "RunWorkflow",
    "Run.documents": "RunDocument",
    "PullRequest.checks": "Check",
    "PullRequest.failures": "CheckFailure",
    "PullRequest.comments": "ReviewComment",
    "project.providerKeys.list": "ProviderKey",
    "project.providerKeys.get": "ProviderKey",
    "project.providerKeys.set": "ProviderKey",
    "project.providerKeys.test": "ProviderKey",
    "project.providerKeys.delete": "ProviderKeyDeleted",
    "notifications.list": "Notification",
    "notifications.read": "Notification",
    "notifications.dismiss": "Notification",
    "notifications.unreadCount": "UnreadCount",
    "notifications.readAll": "NotificationsRead",
    "credentials.revoke": "CredentialsReceived",
    "trash.list": "TrashEntry",
    "trash.restore": "TrashEntry",
    "trash.empty": "TrashEmptied",
    "webhooks.test": "WebhookDelivery",
    "webhooks.deliveries": "WebhookDelivery",
    "webhooks.replay": "WebhookDelivery",
}
# Models that can do more than hold values.  For Run, _actions.py has RunState, which its members derive from, and what it can do:
# RunActions with Client, AsyncRunActions with AsyncClient.  The same for Sandbox.
ACTING = ("Run", "Sandbox")
Json = dict[str, Any]


def snake(name: str) -> str:
    made = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    return made + "_" if keyword.iskeyword(made) else made


def camel(name: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"[^A-Za-z0-9]+", name))


def sentence(text: str) -> str:
    text = text.strip()
    return text if text.endswith((".", "!", "?", "…")) else text + "."


def docstring(text: str, indent: str) -> list[str]:
    text = text.replace("\\", "\\\\").replace('"""', "'''")
    if len(indent) + len(text) + 6 <= WIDTH and "\n" not in text:
        return [f'{indent}"""{text}"""']
    lines = [part for line in text.split("\n") for part in (textwrap.wrap(line, WIDTH - len(indent) - 4) or [""])]
    return [f'{indent}"""{lines[0]}', *[f"{indent}{line}".rstrip() for line in lines[1:]], f'{indent}"""']


def error_name(code: str) -> str:
    """SCOPE_DENIED -> ScopeDenied."""
    return "".join(part.capitalize() for part in code.split("_"))


class Shape:
    """One model: its members and what they are in Python."""

    def __init__(self, name: str, schema: Json, meaning: str) -> None:
        self.name, self.schema, self.meaning = name, schema, meaning
        self.required = set(schema.get("required", []))


class Generator:
    def __init__(self, document: Json) -> None:
        self.document = document
        self.shapes: dict[str, Shape] = {}
        self.operations: list[tuple[str, str, Json]] = []
        self.meanings = {tag["name"]: tag["description"] for tag in document["tags"]}
        for name, schema in document["components"]["schemas"].items():
            if name != "error":
                self.shape(camel(name), schema, schema.get("description", ""))
        for path, methods in document["paths"].items():
            for method, operation in methods.items():
                if "x-sent-by" in operation:  # by another service, and by no client
                    continue
                self.operations.append((method.upper(), path, operation))

    # ---- shapes

    def shape(self, name: str, schema: Json, meaning: str) -> str:
        if name in self.shapes:
            if set(self.shapes[name].schema["properties"]) != set(schema["properties"]):
                raise SystemExit(f"two different shapes are called {name}: add a name in {Path(__file__).name}")
            return name
        self.shapes[name] = Shape(name, schema, meaning)
        return name

    @staticmethod
    def kinds(schema: Json) -> tuple[str, bool]:
        kind = schema.get("type", "object")
        kinds = kind if isinstance(kind, list) else [kind]
        return next(one for one in kinds if one != "null"), "null" in kinds

    def answered(self, owner: str, name: str, schema: Json) -> tuple[str, str]:
        """A member of an answer: (its type, what makes it of the wire form {})."""
        kind, _ = self.kinds(schema)
        if schema.get("format") == "date-time":
            return "datetime", "moment({})"
        if kind == "object" and "properties" in schema:
            inner = self.shape(NAMES.get(f"{owner}.{name}", owner + camel(name)), schema, schema.get("description", ""))
            return inner, f"model({inner}, {{}}, self._client)"
        if kind == "object":
            value = "str" if "additionalProperties" in schema else "Any"
            return f"dict[str, {value}]", "copied({})"
        if kind == "array":
            items = schema["items"]
            if "properties" in items:
                inner = self.shape(NAMES.get(f"{owner}.{name}", owner + camel(name) + "Item"), items, schema.get("description", ""))
                return f"tuple[{inner}, ...]", f"models({inner}, {{}}, self._client)"
            return "tuple[str, ...]", "texts({})"
        return {"string": "str", "integer": "int", "number": "float", "boolean": "bool"}[kind], "{}"

    def taken(self, schema: Json) -> str:
        """The type of a value that is sent."""
        kind, null = self.kinds(schema)
        if schema.get("format") == "date-time":
            made = "datetime | str"
        elif kind == "array":
            made = "Sequence[Mapping[str, Any] | Model]" if "properties" in schema["items"] else "Sequence[str]"
        elif kind == "object":
            made = "Mapping[str, str | None]" if "additionalProperties" in schema else "Mapping[str, Any]"
        elif "enum" in schema:
            made = f"Literal[{', '.join(json.dumps(one) for one in schema['enum'] if one is not None)}]"
        else:
            made = {"string": "str", "integer": "int", "number": "float", "boolean": "bool"}[kind]
        return made + (" | None" if null else "")

    def write_shape(self, shape: Shape) -> list[str]:
        acting = shape.name in ACTING
        name, base = (f"{shape.name}Members", f"{shape.name}State") if acting else (shape.name, "Model")
        meaning = docstring(sentence(shape.meaning) if shape.meaning else shape.name + ".", "    ")
        lines = [f"class {name}({base}):", *meaning, ""]
        lines += ["    __slots__ = ()"]
        members = {name: schema for name, schema in shape.schema["properties"].items()}
        lines += [f"    _members = {json.dumps(list(members))}".replace("[", "(", 1)[:-1] + (",)" if len(members) == 1 else ")")]
        for name, schema in members.items():
            kind, read = self.answered(shape.name, name, schema)
            null = self.kinds(schema)[1] or name not in shape.required
            about = sentence(schema.get("description", name))
            if name not in shape.required:
                about += "  None also where the answer left it out."
            lines += ["", "    @property", f"    def {snake(name)}(self) -> {kind}{' | None' if null else ''}:", *docstring(about, "        ")]
            value = f'self._data.get("{name}")'
            lines += [f"        return {read.format(value)}"]
        return lines + (["", "", *self.acting(shape.name, "")] if acting else [])

    @staticmethod
    def acting(name: str, prefix: str) -> list[str]:
        """The class of a model that can do something, with one of the clients."""
        note = f"A {name.lower()} and what can be done with it" + (", with `await`." if prefix else ".")
        return [f"class {prefix}{name}({prefix}{name}Actions, {name}Members):", f'    """{note}"""', "", "    __slots__ = ()"]

    # ---- errors

    def errors(self) -> list[tuple[str, int, Json, str]]:
        found = []
        for name, response in self.document["components"]["responses"].items():
            for code, example in response["content"]["application/json"]["examples"].items():
                found.append((code, int(name.removeprefix("Error")), example["value"]["error"], example["summary"]))
        return found

    def write_errors(self) -> list[str]:
        lines: list[str] = []
        for code, status, error, advice in self.errors():
            lines += [f"class {error_name(code)}(ApiError):", *docstring(f"{status} {code}: {error['message']}\n\n{advice}", "    "), "", "    __slots__ = ()", "", ""]
        lines += ["ERRORS: dict[str, type[ApiError]] = {"]
        lines += [f'    "{code}": {error_name(code)},' for code, *_ in self.errors()]
        return lines + ["}", "", ""]

    # ---- methods

    @staticmethod
    def is_file(operation: Json) -> bool:
        """Does it answer a file, and no JSON?"""
        return any(status.startswith("2") and "application/json" not in value["content"] for status, value in operation["responses"].items())

    def answer_of(self, operation: Json) -> tuple[str, bool] | None:
        """(the model, whether it is a list); None: an answer without an envelope."""
        if self.is_file(operation):
            return None
        success = next(value for status, value in operation["responses"].items() if status.startswith("2"))
        data = success["content"]["application/json"]["schema"].get("properties", {}).get("data")
        if data is None:
            return None
        listed = data.get("type") == "array"
        schema = data["items"] if listed else data
        if "$ref" in schema:
            return camel(schema["$ref"].rpartition("/")[2]), listed
        name = operation["operationId"]
        fallback = "Deleted" if set(schema["properties"]) == {"id", "deleted"} else camel(name)
        return self.shape(NAMES.get(name, "BulkDeleted" if name.endswith(".bulkDelete") else fallback), schema, "What was deleted." if fallback == "Deleted" else f"What {name} answers."), listed

    def write_method(self, method: str, path: str, operation: Json, asynchronous: bool) -> list[str]:
        name = snake(operation["operationId"].rpartition(".")[2])
        answer = self.answer_of(operation)
        positional, given, query, body = [], [], [], []
        writes = False
        for parameter in operation["parameters"]:
            if parameter.get("in") == "path":
                positional.append(f"{parameter['name']}: {self.taken(parameter['schema'])}")
            elif parameter.get("in") == "query" and not ("{id}" in path and parameter["name"] == "workflowId"):
                kind = self.taken(parameter["schema"]).removesuffix(" | None")
                given.append(f"{snake(parameter['name'])}: {kind} | None = None")
                query.append(f'"{parameter["name"]}": {snake(parameter["name"])}')
        if "requestBody" in operation:
            writes = True
            schema = operation["requestBody"]["content"]["application/json"]["schema"]
            required = schema.get("required", [])
            for member in sorted(schema["properties"], key=lambda one: one not in required):
                kind = self.taken(schema["properties"][member])
                given.append(f"{snake(member)}: {kind}" + ("" if member in required else " | Unset = UNSET"))
                rows = "properties" in schema["properties"][member].get("items", {})
                body.append(f'"{member}": ' + (f"named({snake(member)})" if rows else snake(member)))
        references = {parameter.get("$ref", "").rpartition("/")[2] for parameter in operation["parameters"]}
        if "IfMatch" in references:
            given.append("if_match: str | None = None")
        if "IdempotencyKey" in references:
            given.append("idempotency_key: str | None = None")
        paged = answer is not None and answer[1]
        target = json.dumps(path)
        if positional:
            target = 'f"' + re.sub(r"\{(\w+)\}", r"{segment(\1)}", path) + '"'
        if asynchronous and answer is not None and answer[0] in ACTING:
            answer = ("Async" + answer[0], answer[1])
        arguments = ["Model" if answer is None else answer[0]]
        if paged and not writes:
            arguments += [target, f"{{{', '.join(query)}}}" if query else "None"]
            call = "page"
        else:
            if query:
                target = f"{target} + query_text({{{', '.join(query)}}})"
            arguments += [f'"{method}"', target]
            if writes:
                arguments += [f"{{{', '.join(body)}}}"]
            arguments += [f"{name}={name}" for name in ("if_match", "idempotency_key") if any(one.startswith(name) for one in given)]
            if writes and "IdempotencyKey" not in references:
                arguments += ['idempotency_key=""']  # the route knows none: such a call is not repeated blindly
            call = "file" if self.is_file(operation) else "document" if answer is None else "rows" if paged else "one"
            if answer is None:
                arguments = arguments[2:]
        model = "bytes" if self.is_file(operation) else "dict[str, Any]" if answer is None else answer[0]
        returned = model if not paged else f"{'AsyncPages' if asynchronous and call == 'page' else 'AsyncPage' if asynchronous else 'Page'}[{model}]"
        signature = ", ".join(["self", *positional, *(["/"] if positional else []), *(["*"] if given else []), *given])
        waits = asynchronous and call != "page"
        head = f"    {'async ' if waits else ''}def {name}({signature}) -> {returned}:"
        if len(head) > WIDTH:
            inner = ["self", *positional, *(["/"] if positional else []), *(["*"] if given else []), *given]
            head = f"    {'async ' if waits else ''}def {name}(\n        " + ",\n        ".join(inner) + f",\n    ) -> {returned}:"
        scope = operation.get("x-required-scope")
        also = operation.get("x-also-required-scope")
        note = f"{method} {path}" + (f", scope {scope}" if scope else "") + (f" and {also}" if also else "") + "."
        text = f"{sentence(operation['summary'])}\n\n{note}"
        self_client = "self" if "." not in operation["operationId"] else "self._client"
        line = f"        return {'await ' if waits else ''}{self_client}._{call}({', '.join(arguments)})"
        if len(line) > WIDTH:
            line = f"        return {'await ' if waits else ''}{self_client}._{call}(\n            " + ",\n            ".join(arguments) + ",\n        )"
        return [head, *docstring(text, "        "), line]

    def write_groups(self, asynchronous: bool) -> list[str]:
        prefix = "Async" if asynchronous else ""
        client = "AsyncCaller" if asynchronous else "Caller"
        groups: dict[str, list[tuple[str, str, Json]]] = {}
        for method, path, operation in self.operations:
            groups.setdefault(operation["operationId"].rpartition(".")[0], []).append((method, path, operation))
        lines: list[str] = []
        for group in sorted((one for one in groups if one), key=lambda one: -one.count(".")):
            children = [one for one in groups if one.rpartition(".")[0] == group and one]
            lines += [f"class {prefix}{camel(group)}Routes:", *docstring(self.meanings[group], "    "), ""]
            lines += [f"    __slots__ = ({', '.join(json.dumps(one) for one in ['_client', *(snake(c.rpartition('.')[2]) for c in children)])},)", ""]
            lines += [f"    def __init__(self, client: {client}) -> None:", "        self._client = client"]
            for child in children:
                lines += [f"        self.{snake(child.rpartition('.')[2])} = {prefix}{camel(child)}Routes(client)"]
            for one in groups[group]:
                lines += ["", *self.write_method(*one, asynchronous)]
            lines += ["", ""]
        lines += [f"class {prefix}Routes({client}):", *docstring("Every route there is, by name.", "    "), "", "    __slots__ = ("]
        tops = [one for one in groups if one and "." not in one]
        lines[-1] += ", ".join(json.dumps(snake(one)) for one in tops) + ",)"
        lines += ["", "    def __init__(self) -> None:"]
        lines += [f"        self.{snake(one)} = {prefix}{camel(one)}Routes(self)" for one in tops]
        for one in groups.get("", []):
            lines += ["", *self.write_method(*one, asynchronous)]
        return [*lines, "", ""]

    def write(self) -> dict[Path, str]:
        """The text of each file of the package."""
        routes, routes_async = self.write_groups(False), self.write_groups(True)  # first: they may name more shapes
        shapes: list[str] = []
        done: set[str] = set()
        while len(done) < len(self.shapes):
            for shape in [one for name, one in self.shapes.items() if name not in done]:
                shapes += [*self.write_shape(shape), "", ""]
                done.add(shape.name)
        table = ["# (operation, method, path) of every route, for tests that count them.", "OPERATIONS = ("]
        table += [f'    ("{operation["operationId"]}", "{method}", "{path}"),' for method, path, operation in self.operations]
        table += [")", ""]
        names = sorted([*(error_name(code) for code, *_ in self.errors()), *self.shapes, *(f"{name}Members" for name in ACTING)])
        listed = ", ".join(f'"{name}"' for name in names) + ","
        exported = ["__all__ = [", *textwrap.wrap(listed, WIDTH - 4, initial_indent="    ", subsequent_indent="    "), "]", ""]
        made = {PACKAGE / "_generated.py": "\n".join([HEAD, *exported, "", *self.write_errors(), *shapes, *routes, *table])}
        used = sorted(name for name in self.shapes if re.search(rf"\b{name}\b", "\n".join(routes_async)))
        used = sorted([*(name for name in used if name not in ACTING), *(f"{name}Members" for name in ACTING)])
        head = HEAD_ASYNC.replace("MODELS", ",\n    ".join(used))
        acting = [line for name in ACTING for line in [*self.acting(name, "Async"), "", ""]]
        made[PACKAGE / "_generated_async.py"] = "\n".join([head, *acting, *routes_async]).rstrip() + "\n"
        return made


HEAD = '''"""Errors, models and the methods of Client, written by pyext/generate.py from the table of routes.  Do not edit."""
# mypy: disable-error-code="no-any-return"

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from ._actions import RunActions, RunState, SandboxActions, SandboxState
from ._call import UNSET, Caller, Unset, named, query_text, segment
from ._errors import ApiError
from ._model import Model, copied, model, models, moment, texts
from ._page import Page
'''

HEAD_ASYNC = '''"""The methods of AsyncClient, written by pyext/generate.py from the table of routes.  Do not edit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from ._actions import AsyncRunActions, AsyncSandboxActions
from ._call import UNSET, AsyncCaller, Unset, named, query_text, segment
from ._generated import (
    MODELS,
)
from ._model import Model
from ._page import AsyncPage, AsyncPages

'''


def main() -> int:
    arguments = [one for one in sys.argv[1:] if one != "--check"]
    if arguments:
        text = Path(arguments[0]).read_text(encoding="utf-8")
    else:
        command = ROOT / "build" / "codecourier"
        if not command.exists():
            print("build/codecourier is not there: run 'make' first, or give an OpenAPI document", file=sys.stderr)
            return 2
        text = subprocess.run([command, "openapi", "--inline"], capture_output=True, text=True, check=True).stdout
    stale = []
    for target, made in Generator(json.loads(text)).write().items():
        if target.exists() and target.read_text(encoding="utf-8") == made:
            continue
        stale.append(str(target.relative_to(ROOT)))
        if "--check" not in sys.argv:
            target.parent.mkdir(exist_ok=True)
            target.write_text(made, encoding="utf-8")
    if "--check" in sys.argv and stale:
        print(f"stale: {', '.join(stale)}; run 'python3 pyext/generate.py' and commit", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

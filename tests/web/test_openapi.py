"""The description of the API: valid by somebody else's measure, and complete by the route table's."""

from __future__ import annotations

import json
import re
from typing import Any

import jsonschema
import openapi_spec_validator
import pytest

import installation
import plain
import servers
import transcript
from test_transcripts import exchanges, routes, rows
from transcript import Request

DOCUMENT: dict[str, Any] = json.loads(installation.command("openapi").stdout)
INLINED: dict[str, Any] = json.loads(installation.command("openapi", "--inline").stdout)


def resolve(node: Any) -> Any:
    """Follow a $ref within the document."""
    while isinstance(node, dict) and "$ref" in node:
        found: Any = DOCUMENT
        for step in node["$ref"].removeprefix("#/").split("/"):
            found = found[step.replace("~1", "/").replace("~0", "~")]
        node = found
    return node


def operation(route: dict[str, Any]) -> dict[str, Any]:
    paths = DOCUMENT["paths"]
    entry = paths.get(route["path"]) or paths.get(f"/api/v1{route['path']}")
    assert entry, f"no path {route['path']}"
    found: dict[str, Any] = entry[route["method"].lower()]
    return found


def validator(schema: dict[str, Any]) -> jsonschema.Draft202012Validator:
    """For a schema that refers to others of the document."""
    return jsonschema.Draft202012Validator({**schema, "components": DOCUMENT["components"]})


def test_an_independent_validator_finds_nothing_wrong() -> None:
    openapi_spec_validator.validate(DOCUMENT)
    assert DOCUMENT["openapi"].startswith("3.1")


def test_what_the_service_answers_is_what_the_command_prints(core: servers.Transport) -> None:
    answer = core.send(Request("GET", "/api/v1/openapi.json"))
    assert answer.json == DOCUMENT


def test_there_are_the_tables_paths_and_no_others() -> None:
    described = {(path.removeprefix("/api/v1"), method.upper()) for path, entry in DOCUMENT["paths"].items() for method in entry
                 if method in ("get", "post", "patch", "delete", "put")}  # fmt: skip
    table = {(route["path"], route["method"]) for route in routes()}
    older = {tuple(reversed(alias.split(" "))) for route in routes() for alias in route["aliases"]}
    assert table <= described
    assert described <= table | older


@pytest.mark.parametrize("route", rows())
def test_an_operation_tells_its_name_purpose_scope_and_errors(route: dict[str, Any]) -> None:
    described = operation(route)
    assert described["summary"] == route["summary"]
    assert described["operationId"].replace("_", ".").lower() == route["operation"].replace("_", ".").lower()
    if route["scope"]:
        assert route["scope"] in json.dumps(described), "its scope"
    if route["scope"] is None:
        assert described.get("security") == [], "it needs no key"
    else:
        assert described.get("security", DOCUMENT.get("security")), "it needs a key"
    statuses, errors = set(described["responses"]), set(described["x-errors"])
    if described.get("x-sent-by") == "agent":
        statuses -= {"404", "406"}  # faults of JSON-RPC
    assert {int(status) for status in statuses if not status.startswith("2")} == {transcript.STATUS_OF[code] for code in errors}
    wanted = {"VALIDATION", "INTERNAL", "UNAVAILABLE"}
    if route["scope"] is not None:
        wanted |= {"AUTH_MISSING", "AUTH_INVALID", "RATE_LIMITED"}
    if route["scope"]:
        wanted |= {"SCOPE_DENIED", "FORBIDDEN"}
    if "{id}" in route["path"]:
        wanted |= {"NOT_FOUND"} if route["scope"] is not None else {"AUTH_INVALID"}  # a hook tells strangers nothing of what there is
        assert any(resolve(p)["in"] == "path" and resolve(p)["name"] == "id" and resolve(p)["required"] for p in described["parameters"])
    if route["method"] in ("POST", "PATCH"):
        wanted |= {"PAYLOAD_TOO_LARGE", "UNSUPPORTED_MEDIA_TYPE"}
    assert not wanted - errors, f"no word of {sorted(wanted - errors)}"
    assert "METHOD_NOT_ALLOWED" not in errors
    assert [status for status in statuses if status.startswith("2")], "no good answer"


def inlined(node: Any) -> Any:
    """The document with every schema that is not a resource or the error in the place of its name."""
    if isinstance(node, list):
        return [inlined(one) for one in node]
    if not isinstance(node, dict):
        return node
    found = resolve(node) if node.get("$ref", "").startswith("#/components/schemas/") else node
    if found is not node and "x-resource" not in found and node["$ref"].rpartition("/")[2] != "error":
        return {name: inlined(value) for name, value in found.items() if name != "description"}  # a use has one of its own
    return {name: inlined(value) for name, value in node.items()}


def test_the_schemas_have_names_that_read_well_and_say_the_same_as_without() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    assert {"workflow", "workflowCreate", "workflowUpdate", "workflowStep", "workflowStepInput", "runStart", "whoamiAnswer"} <= set(schemas)
    assert all(re.fullmatch("[a-z][A-Za-z]+", name) for name in schemas)
    assert json.dumps(schemas).count('"additionalProperties": false') > 40
    expected = inlined(DOCUMENT)
    assert expected["paths"] == INLINED["paths"]
    assert all(expected["components"]["schemas"][name] == schema for name, schema in INLINED["components"]["schemas"].items())


def test_what_is_declared_is_used_and_what_is_called_has_a_name() -> None:
    referred = set(re.findall(r'"#/components/(\w+/\w+)"', json.dumps(DOCUMENT)))
    declared = {f"{kind}/{name}" for kind, found in DOCUMENT["components"].items() if kind != "securitySchemes" for name in found}
    assert declared == referred
    operations = [one for group in ("paths", "webhooks") for entry in DOCUMENT[group].values() for one in entry.values()]
    names = [one["operationId"] for one in operations]
    assert len(names) == len(set(names)) > 190
    assert all(one["description"] for entry in DOCUMENT["paths"].values() for one in entry.values())


@pytest.mark.parametrize("code", sorted(transcript.STATUS_OF))
def test_an_error_of_the_list_is_described(code: str) -> None:
    assert code in json.dumps(DOCUMENT["components"])


def examples_in(node: Any, where: str) -> list[tuple[str, dict[str, Any], Any]]:
    """Every schema that has examples, and every media type with an example beside its schema."""
    found: list[tuple[str, dict[str, Any], Any]] = []
    if isinstance(node, dict):
        schema = node.get("schema") if isinstance(node.get("schema"), dict) else None
        if schema is not None and "example" in node:
            found.append((where, schema, node["example"]))
        if schema is not None and isinstance(node.get("examples"), dict):
            found += [(f"{where}.{name}", schema, resolve(example)["value"]) for name, example in node["examples"].items()]
        if isinstance(node.get("examples"), list) and ("type" in node or "$ref" in node or "enum" in node):
            found += [(where, node, example) for example in node["examples"]]
        for name, value in node.items():
            if name not in ("example", "examples"):
                found += examples_in(value, f"{where}/{name}")
    elif isinstance(node, list):
        for index, value in enumerate(node):
            found += examples_in(value, f"{where}/{index}")
    return found


def test_every_example_fits_its_schema() -> None:
    examples = examples_in(DOCUMENT, "")
    assert len(examples) >= 40, f"only {len(examples)} examples"
    for where, schema, example in examples:
        errors = [error.message for error in validator(schema).iter_errors(example)]
        assert not errors, f"{where}: {example!r}: {errors[0]}"


def test_limits_of_fields_are_told() -> None:
    body = resolve(operation({"path": "/project/api-keys", "method": "POST"})["requestBody"])["content"]["application/json"]["schema"]
    schema = resolve(body)
    assert schema["additionalProperties"] is False
    assert set(schema["required"]) == {"name", "scopes"}
    assert (schema["properties"]["name"]["minLength"], schema["properties"]["name"]["maxLength"]) == (1, 80)
    scopes = resolve(schema["properties"]["scopes"])
    assert len(resolve(scopes["items"])["enum"]) >= 27
    limit = next(p for p in map(resolve, operation({"path": "/workflows", "method": "GET"})["parameters"]) if p["name"] == "limit")
    assert (limit["schema"]["minimum"], limit["schema"]["maximum"], limit["schema"]["default"]) == (1, 100, 25)


def test_a_filter_has_no_default_for_it_is_not_there_unless_it_is_sent() -> None:
    found = [
        (operation["operationId"], one["name"])
        for rows in DOCUMENT["paths"].values() for operation in rows.values() for one in map(resolve, operation["parameters"])
        if any(other.get("name") == "cursor" for other in operation["parameters"]) and one["in"] == "query" and "default" in one["schema"]
    ]  # fmt: skip
    assert {name for _, name in found} == {"limit"}
    assert ("workflows.list", "limit") in found


def test_what_the_service_really_answers_fits_what_is_described(core: servers.Transport) -> None:
    """Every transcript once more: each answer against the schema for its route and status."""
    checked = 0
    problems: list[str] = []

    def watch(request: Request, answer: transcript.Answer) -> None:
        nonlocal checked
        path = request.path.partition("?")[0].removeprefix("/api/v1")
        for route in routes():
            pattern = re.escape(route["path"]).replace(r"\{id\}", "[A-Za-z0-9_]+")
            if route["method"] != request.method or not re.fullmatch(pattern, path) or not answer.body:
                continue
            if any(f"{request.method} {path}" in (*other["aliases"], f"{other['method']} {other['path']}") for other in routes() if other is not route):
                continue  # /members/invitations is no member called "invitations"
            responses = operation(route)["responses"]
            kind = answer.header("Content-Type") or ""
            if answer.status >= 400 and request.header("X-API-Version") != "1" and "jsonrpc" not in answer.json:
                code = (answer.json if kind == "application/problem+json" else answer.json["error"])["code"]
                if code not in operation(route)["x-errors"]:
                    problems.append(f"{request.method} {path}: {code} is not declared")
            response = resolve(responses.get(str(answer.status), responses.get("default")))
            if response is None:
                problems.append(f"{request.method} {path}: {answer.status} is not described")
                continue
            schema = response.get("content", {}).get(kind, {}).get("schema")
            if schema is None or request.header("X-API-Version") == "1":
                continue
            checked += 1
            problems.extend(f"{request.method} {path} {answer.status}: {error.json_path} {error.message[:200]}" for error in validator(schema).iter_errors(answer.json))

    def send(request: Request) -> transcript.Answer:
        answer = core.send(request)
        watch(request, answer)
        return answer

    for script in plain.scripts(INLINED):
        transcript.play(script, send, installation.Project(core.data))
    assert not problems, "\n".join(sorted(set(problems))[:20])
    assert checked > 150 and len(exchanges()) > 200

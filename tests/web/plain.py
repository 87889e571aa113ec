"""All transcripts there are; plain/routes.txt is played for each plain resource, and plain/versions.txt for each whose drafts are published,
with what the OpenAPI document says of it."""

from __future__ import annotations

import json
import urllib.parse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from transcript import Script

TRANSCRIPTS = Path(__file__).resolve().parent.parent / "transcripts"


def scripts(document: dict[str, Any]) -> list[Script]:
    files = [Script(path.stem, path) for path in sorted(TRANSCRIPTS.glob("*.txt"))]
    files += [Script(f"plain-{name}", TRANSCRIPTS / "plain" / "routes.txt", plain_values(document, name)) for name in names(document)]
    return files + [Script(f"versions-{name}", TRANSCRIPTS / "plain" / "versions.txt", plain_values(document, name)) for name in versioned(document)]


def example(document: dict[str, Any], name: str) -> tuple[dict[str, Any], dict[str, Any], list[str]]:
    """A body that makes one, its schema, and the schemas of what it refers to; for each of them {schema_id} stands in it."""
    content = document["paths"][path_of(document, name)]["post"]["requestBody"]["content"]["application/json"]
    schema, body, needed = content["schema"], dict(content["example"]), []
    for member, value in body.items():
        refers = schema["properties"][member].get("x-refers")
        if refers and value is not None:
            needed.append(refers)
            body[member] = ["{%s_id}" % refers.lower()] if isinstance(value, list) else "{%s_id}" % refers.lower()
    return body, schema, needed


def names(document: dict[str, Any]) -> list[str]:
    """The plain resources."""
    return [name for name, schema in document["components"]["schemas"].items() if schema.get("x-resource", {}).get("plain")]


def versioned(document: dict[str, Any]) -> list[str]:
    """Those of them that are documents with versions."""
    return [name for name in names(document) if f"{path_of(document, name)}/{{id}}/publish" in document["paths"]]


def path_of(document: dict[str, Any], name: str) -> str:
    return str(document["components"]["schemas"][name]["x-resource"]["path"])


def searched(document: dict[str, Any], name: str) -> str | None:
    """The member in which `q` looks."""
    return next((member for member, one in document["components"]["schemas"][name]["properties"].items() if one.get("x-search")), None)


def make(document: dict[str, Any], name: str, post: Callable[[str, Any], Any], /, **members: Any) -> str:
    """Make one as its example says, but for those members, and what it refers to; its id.  post(path, body) gives the answer's data."""
    body, _, needed = example(document, name)
    text = json.dumps(body | members)
    for one in needed:
        text = text.replace("{%s_id}" % one.lower(), make(document, one, post))
    return str(post(path_of(document, name), json.loads(text))["id"])


def making(document: dict[str, Any], name: str) -> str:
    """The exchanges that make what others refer to."""
    body, _, needed = example(document, name)
    path = path_of(document, name)
    lines = ["# What it refers to.", f"> POST /api/v1{path}", "> Authorization: Bearer {admin}", f"> {json.dumps(body)}", "< 201", f"<= {name.lower()}_id data.id", ""]
    return "".join(making(document, one) for one in needed) + "\n".join(lines) + "\n"


def changed(body: dict[str, Any], draft: str) -> dict[str, Any]:
    """The draft of a document with something more in it."""
    if draft == "files":
        return {"files": [*body["files"], {"path": "more/and-more.md", "content": "And more."}]}
    return {"content": f"{body['content']}\nAnd more."} if "content" in body else {}


def listing(path: str, about: str, query: str, found: bool) -> str:
    rows = '{"id": "{second}", "...": "*"}, {"id": "{first}", "...": "*"}, "..."' if found else ""
    return (
        f"\n# {about}\n> GET /api/v1{path}?{query}\n> Authorization: Bearer {{reader}}\n"
        f'< 200\n< {{"data": [{rows}], "nextCursor": null, "hasMore": false}}\n'
    )


def plain_values(document: dict[str, Any], name: str) -> dict[str, str]:
    body, schema, needed = example(document, name)
    resource = document["components"]["schemas"][name]
    path = path_of(document, name)
    collection, one = document["paths"][path], document["paths"][path + "/{id}"]
    changeable = one["patch"]["requestBody"]["content"]["application/json"]["schema"]["properties"]
    change = dict([next((member, value) for member, value in body.items() if member in changeable)])
    text = searched(document, name)
    draft = "files" if "files" in body else "content"
    values = {
        "path": path,
        "kind": name,
        "a_one": collection["post"]["summary"].removeprefix("Make ").rstrip("."),
        "prefix": resource["x-resource"]["idPrefix"],
        "group": resource["x-resource"]["operations"],
        "read": collection["get"]["x-required-scope"],
        "body": json.dumps(body),
        "body_and_more": json.dumps(body | {"nobody": "knows"}),
        "change": json.dumps(change),
        "change_by_id": json.dumps({"id": "{first}"} | change),
        "draft": draft,
        "published": json.dumps(body.get(draft)),
        "new_draft": json.dumps(changed(body, draft)),
        "references": "".join(making(document, one) for one in needed),
        "finding": "",
        "required": "",
    }
    for member, value in body.items():
        if resource["properties"].get(member, {}).get("x-filter"):
            values["finding"] += listing(path, "Those of one kind.", f"{member}={value if isinstance(value, str) else json.dumps(value)}", True)
    if text:
        values["finding"] += listing(path, "Find them by a text, whatever its case;", f"q={urllib.parse.quote(body[text].upper())}", True)
        values["finding"] += listing(path, "nothing has this one.", "q=nowhere%20to%20be%20found", False)
    if lacking := schema.get("required", []):
        error = '{"error": {"code": "VALIDATION", "field": "%s", "message": "*", "requestId": "*"}}' % lacking[0]
        values["required"] = f"\n# There is none without its '{lacking[0]}'.\n> POST /api/v1{path}\n> Authorization: Bearer {{admin}}\n> {{}}\n< 400\n< {error}\n"
    return values

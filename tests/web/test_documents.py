"""Versioned documents, when many publish at once: no number twice, none left out, and what was published stays as it was."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

import installation
import servers
import storage
from test_postgres import FastcgiPostgres, at_once
from test_trouble import asked, everything, get, post, unlimited
from transcript import Answer, Request


class FourWorkers(servers.Fastcgi):
    workers = 4


@pytest.fixture(params=[FourWorkers, FastcgiPostgres], ids=["sqlite", "postgres"])
def workers(request: pytest.FixtureRequest) -> Iterator[servers.Fastcgi]:
    transport: servers.Fastcgi = request.param()
    try:
        installation.command("init", "--data", transport.data, *transport.init_options(), program=installation.HELPER)
        unlimited(transport.data)
        transport.start()
        yield transport
    finally:
        transport.stop()


def change(path: str, key: str, content: str) -> Request:
    request = post(path, key, {"content": content})
    request.method = "PATCH"
    return request


def test_of_many_who_publish_one_draft_one_does(workers: servers.Fastcgi) -> None:
    key = installation.Project(workers.data)("admin")
    path = f"/contexts/{asked(workers, post('/contexts', key, {'name': 'one', 'content': 'one'}), 201).json['data']['id']}"
    answers = at_once([lambda: workers.send(post(f"{path}/publish", key, {})) for _ in range(12)])
    assert sorted(answer.status for answer in answers) == [200] + [409] * 11, [str(answer) for answer in answers][:2]
    assert [one["version"] for one in everything(workers, key, f"{path}/versions")] == [1]


def test_versions_are_numbered_without_a_gap_or_a_twin_and_are_what_their_publisher_read(workers: servers.Fastcgi) -> None:
    key = installation.Project(workers.data)("admin")
    path = f"/contexts/{asked(workers, post('/contexts', key, {'name': 'many', 'content': '0'}), 201).json['data']['id']}"

    def write_and_publish(number: int) -> list[Answer]:
        return [workers.send(change(path, key, f"draft {number}")), workers.send(post(f"{path}/publish", key, {}))]

    pairs = at_once([lambda number=number: write_and_publish(number) for number in range(1, 13)])
    assert {pair[0].status for pair in pairs} == {200}
    published = [pair[1].json["data"] for pair in pairs if pair[1].status == 200]
    assert sorted(one["latestVersion"] for one in published) == list(range(1, len(published) + 1))
    for one in published:
        version = asked(workers, get(f"{path}/versions/{one['latestVersion']}", key), 200).json["data"]
        assert version["content"] == one["content"]
    assert [one["version"] for one in everything(workers, key, f"{path}/versions")] == list(range(len(published), 0, -1))


SKILL = {"path": "SKILL.md", "content": "---\nname: one\ndescription: A list.\n---\nFollow the list."}
WRONG_PATHS = {
    "up": "../a", "up within": "a/../b", "up at the end": "a/..", "here": "./a", "a dot": ".", "absolute": "/a", "backslash": "a\\b", "up with backslashes": "..\\a",
    "an empty part": "a//b", "an empty end": "a/", "nothing": "", "a control character": "a\tb", "a line": "a\nb", "escape": "a\x1bb", "delete": "a\x7f",
    "hidden": ".git/config", "hidden below": "a/.env", "an option": "-rf", "a space": "a b", "a drive": "C:/a", "home": "~/a", "beyond ASCII": "läuft.md", "reversed": "a\u202eb",
    "too long": "a" * 201, "the same": "SKILL.md", "the same in another case": "skill.MD", "below a file": "SKILL.md/a", "below a file in another case": "Skill.md/a/b",
}  # fmt: skip


@pytest.fixture(scope="module")
def key(core: servers.Core) -> str:
    return installation.Project(core.data)("admin")


def refusal(core: servers.Core, key: str, files: object) -> tuple[int, str]:
    answer = core.send(post("/skills", key, {"name": "one", "files": files}))
    return answer.status, answer.json["error"].get("field", answer.json["error"]["code"])


HEADS = {
    "plain": "name: a-1\ndescription: When it is",
    "quoted": "name: 'a'\ndescription: \"When: \\\"now\\\" # or\" # a note",
    "folded": "name: a\ndescription: >-\n  When: now,\n\n  or later\nlicense: MIT",
    "on the next line": "description:\n  When now\nallowed-tools:\n- Read\n- Grep\n# a note\nname: a",
    "over two lines": "name: a\ndescription: See https://example.org\n  or ask",
    "with carriage returns": "name: a\r\ndescription: When\r",
}
WRONG_HEADS = {
    "none": "name: a", "empty": "---\n---\n", "without an end": "---\nname: a\ndescription: b\n", "not at the beginning": "\n---\nname: a\ndescription: b\n---\n",
    "without a name": "---\ndescription: b\n---\n", "without a description": "---\nname: a\n---\n", "an empty description": "---\nname: a\ndescription:\n---\n",
    "an empty text": "---\nname: a\ndescription: ''\n---\n", "a name of capitals": "---\nname: A\ndescription: b\n---\n", "a name with a blank": "---\nname: a b\ndescription: b\n---\n",
    "a long name": f"---\nname: {'a' * 65}\ndescription: b\n---\n", "a long description": f"---\nname: a\ndescription: {'b' * 1025}\n---\n",
    "a colon": "---\nname: a\ndescription: When: now\n---\n", "a colon at the end": "---\nname: a\ndescription: When:\n---\n", "an open quotation": "---\nname: a\ndescription: \"When\n---\n",
    "more behind a quotation": "---\nname: a\ndescription: \"When\"now\n---\n", "a list": "---\nname: a\ndescription: [b]\n---\n", "twice": "---\nname: a\nname: a\ndescription: b\n---\n",
    "no YAML": "---\nname: a\ndescription: b\nwhatever\n---\n",
}  # fmt: skip


@pytest.mark.parametrize("how", HEADS)
def test_a_head_that_agents_can_read_is_taken(core: servers.Core, key: str, how: str) -> None:
    files = [{"path": "SKILL.md", "content": f"---\n{HEADS[how]}\n---\nDo it."}]
    asked(core, post("/skills", key, {"name": "one", "files": files}), 201)


@pytest.mark.parametrize("how", WRONG_HEADS)
def test_a_skill_that_no_agent_would_see_is_refused(core: servers.Core, key: str, how: str) -> None:
    assert refusal(core, key, [{"path": "a.md", "content": ""}, SKILL | {"content": WRONG_HEADS[how]}]) == (400, "files[1].content")


def test_a_draft_that_is_older_than_the_rule_is_not_published(core: servers.Core, key: str) -> None:
    made = asked(core, post("/skills", key, {"name": "old", "files": [SKILL]}), 201).json["data"]["id"]
    with storage.connect(core.data) as database:
        database.execute("UPDATE skills SET files = ? WHERE id = ?", (json.dumps([SKILL | {"content": "Follow it."}]), made))
    database.close()
    answer = core.send(post(f"/skills/{made}/publish", key, {}))
    assert (answer.status, answer.json["error"]["field"]) == (400, "files[0].content")


@pytest.mark.parametrize("why", WRONG_PATHS)
def test_a_path_that_is_none_of_a_folder_of_its_own_is_refused(core: servers.Core, key: str, why: str) -> None:
    assert refusal(core, key, [SKILL, {"path": "b.md", "content": "b"}, {"path": WRONG_PATHS[why], "content": "fine"}]) == (400, "files[2].path")


def test_a_folder_is_no_file_of_its_name(core: servers.Core, key: str) -> None:
    assert refusal(core, key, [SKILL, {"path": "a/b", "content": ""}, {"path": "A", "content": ""}]) == (400, "files[2].path")


@pytest.mark.parametrize(("files", "field"), [
    ([], "files"), ({}, "files"), (None, "files"), ("SKILL.md", "files"), (["SKILL.md"], "files"), ([{"path": "a/SKILL.md", "content": ""}], "files"),
    ([{"path": "SKILL.md"}], "files[0].content"), ([{"content": ""}], "files[0].path"), ([SKILL | {"mode": 1}], "files[0].mode"), ([SKILL | {"path": 1}], "files[0].path"),
    ([SKILL | {"content": None}], "files[0].content"), ([SKILL | {"content": "\x00"}], "body"), ([SKILL | {"content": "\x07"}], "files[0].content"),
    ([SKILL | {"content": "x" * 262_145}], "files[0].content"), ([SKILL, *({"path": f"{n}.md", "content": ""} for n in range(1000))], "files"),
    ([SKILL, *({"path": f"{n}.md", "content": "x" * 200_000} for n in range(3))], "files"),
])  # fmt: skip
def test_what_is_no_list_of_files_is_refused_by_the_name_of_what_is_wrong(core: servers.Core, key: str, files: object, field: str) -> None:
    status, said = refusal(core, key, files)
    assert status == 400 and said == field


def test_as_many_files_as_there_may_be_are_taken_and_come_back_as_they_were(core: servers.Core, key: str) -> None:
    files = [*({"path": f"a/{n}/_{n}-B.x.md", "content": "ä\r\n" * n} for n in range(99)), SKILL]
    made = asked(core, post("/skills", key, {"name": "many", "files": files}), 201).json["data"]
    asked(core, post(f"/skills/{made['id']}/publish", key, {}), 200)
    assert made["files"] == files == asked(core, get(f"/skills/{made['id']}/versions/1", key), 200).json["data"]["files"]


@pytest.mark.parametrize("place", [0, 1, 2])
def test_of_those_that_a_persona_is_bound_to_one_is_forgotten_when_it_is_deleted(place: int, workers: servers.Fastcgi) -> None:
    key = installation.Project(workers.data)("admin")
    made = [asked(workers, post("/commands", key, {"name": name, "content": name}), 201).json["data"]["id"] for name in ("one", "two", "three")]
    ada, bob = (asked(workers, post("/personas", key, {"name": "Ada", "commandIds": ids}), 201).json["data"]["id"] for ids in (made, [made[place], made[place]]))
    gone = made.pop(place)
    asked(workers, post("/commands/delete", key, {"id": gone}), 200)
    assert asked(workers, get(f"/personas/{ada}", key), 200).json["data"]["commandIds"] == made
    assert asked(workers, get(f"/personas/{bob}", key), 200).json["data"]["commandIds"] == []


def refused_as_too_much(workers: servers.Fastcgi, key: str, path: str, status: int, said: str, body: object = None) -> None:
    request = post(path, key, body or {})
    request.method = "PATCH" if body else "POST"
    error = asked(workers, request, status).json["error"]
    assert said in error["message"] and error.get("field") == ("isEnabled" if body else None)


def test_no_more_is_active_at_once_than_may_be(workers: servers.Fastcgi) -> None:
    key = installation.Project(workers.data)("admin")
    kinds = {"/contexts": {"content": "a"}, "/skills": {"files": [SKILL]}, "/commands": {"content": "a"}, "/scripts": {"content": "#!/bin/sh"}}
    made = []
    for number in range(202):
        path, draft = list(kinds.items())[number % 4]
        made.append(f"{path}/{asked(workers, post(path, key, {'name': f'n{number}'} | draft), 201).json['data']['id']}")
    for one in made[:200]:
        asked(workers, post(f"{one}/publish", key, {}), 200)
    refused_as_too_much(workers, key, f"{made[200]}/publish", 409, "At most 200")
    assert asked(workers, get(made[200], key), 200).json["data"]["latestVersion"] == 0
    asked(workers, post(f"{made[0]}/versions/1/activate", key, {}), 200)  # it is active already
    off = post(made[0], key, {"isEnabled": False})
    off.method = "PATCH"
    asked(workers, off, 200)
    asked(workers, post(f"{made[200]}/publish", key, {}), 200)
    refused_as_too_much(workers, key, made[0], 400, "At most 200", {"isEnabled": True})
    answers = at_once([lambda one=one: workers.send(post(f"{one}/deactivate", key, {})) for one in made[1:3]])
    assert {answer.status for answer in answers} == {200}
    answers = at_once([lambda one=one: workers.send(post(f"{one}/versions/1/activate", key, {})) for one in (made[1], made[2]) * 2])
    assert {answer.status for answer in answers} == {200}
    asked(workers, post(f"{made[3]}/deactivate", key, {}), 200)
    asked(workers, post(f"{made[201]}/publish", key, {}), 200)
    refused_as_too_much(workers, key, f"{made[3]}/versions/1/activate", 409, "At most 200")


def test_all_that_is_active_at_once_is_of_a_size_that_a_run_can_be_given(core: servers.Core, key: str) -> None:
    mine = installation.Project(core.data)("admin")
    made = [asked(core, post("/contexts", mine, {"name": "long", "content": "x" * 262_144}), 201).json["data"]["id"] for _ in range(17)]
    for one in made[:16]:
        asked(core, post(f"/contexts/{one}/publish", mine, {}), 200)
    error = asked(core, post(f"/contexts/{made[16]}/publish", mine, {}), 409).json["error"]
    assert error["message"] == "All that is active at once can have at most 4 MiB."


def test_from_the_trash_comes_what_there_is_room_for_and_a_persona_without_what_is_gone(workers: servers.Fastcgi) -> None:
    key = installation.Project(workers.data)("admin")
    made = [asked(workers, post("/commands", key, {"name": f"n{number}", "content": "a"}), 201).json["data"]["id"] for number in range(201)]
    for one in made[:200]:
        asked(workers, post(f"/commands/{one}/publish", key, {}), 200)
    ada = asked(workers, post("/personas", key, {"name": "Ada", "commandIds": made[:2], "skillIds": []}), 201).json["data"]["id"]
    asked(workers, post("/personas/delete", key, {"id": ada}), 200)
    asked(workers, post("/commands/delete", key, {"id": made[0]}), 200)
    asked(workers, post(f"/commands/{made[200]}/publish", key, {}), 200)
    assert asked(workers, post(f"/trash/{made[0]}/restore", key, {}), 409).json["error"]["message"].startswith("At most 200")
    asked(workers, post(f"/trash/{ada}/restore", key, {}), 200)
    found = asked(workers, get(f"/personas/{ada}", key), 200).json["data"]
    assert (found["commandIds"], found["skillIds"], found["scriptIds"]) == ([made[1]], [], None)
    asked(workers, post(f"/commands/{made[200]}/deactivate", key, {}), 200)
    asked(workers, post(f"/trash/{made[0]}/restore", key, {}), 200)


def test_every_saved_change_of_a_workflow_is_a_version_of_its_own_also_of_many_at_once(workers: servers.Fastcgi) -> None:
    key = installation.Project(workers.data)("admin")
    path = f"/workflows/{asked(workers, post('/workflows', key, {'name': '0', 'steps': [{'role': 'custom'}]}), 201).json['data']['id']}"

    def rename(number: int) -> Answer:
        request = post(path, key, {"name": str(number), "steps": [{"role": "custom", "instructions": str(number)}]})
        request.method = "PATCH"
        return workers.send(request)

    saved = [answer.json["data"] for answer in at_once([lambda number=number: rename(number) for number in range(1, 13)])]
    assert sorted(one["activeVersion"] for one in saved) == list(range(2, 14)) and all(one["activeVersion"] == one["latestVersion"] for one in saved)
    for one in saved:
        version = asked(workers, get(f"{path}/versions/{one['activeVersion']}", key), 200).json["data"]
        assert (version["name"], version["steps"]) == (one["name"], one["steps"])
    assert [one["version"] for one in everything(workers, key, f"{path}/versions")] == list(range(13, 0, -1))
    back = asked(workers, post(f"{path}/versions/1/activate", key, {}), 200).json["data"]
    assert (back["name"], back["activeVersion"], back["latestVersion"]) == ("0", 1, 13)


def test_a_workflow_comes_back_from_the_trash_with_its_versions_and_goes_with_them(workers: servers.Fastcgi) -> None:
    key = installation.Project(workers.data)("admin")
    made = asked(workers, post("/workflows", key, {"name": "one", "steps": [{"role": "custom"}]}), 201).json["data"]["id"]
    asked(workers, post("/workflows/update", key, {"id": made, "name": "two"}), 200)
    asked(workers, post("/workflows/delete", key, {"id": made}), 200)
    asked(workers, get(f"/workflows/{made}/versions", key), 404)
    asked(workers, post(f"/trash/{made}/restore", key, {}), 200)
    assert [one["name"] for one in everything(workers, key, f"/workflows/{made}/versions")] == ["two", "one"]
    asked(workers, post("/workflows/update", key, {"id": made, "name": "three"}), 200)
    asked(workers, post("/workflows/delete", key, {"id": made}), 200)
    gone = get(f"/trash/{made}", key)
    gone.method = "DELETE"
    asked(workers, gone, 200)
    with storage.connect(workers.data) as db:
        assert db.execute("SELECT version FROM workflow_versions WHERE workflow_id = ?", (made,)).fetchall() == []

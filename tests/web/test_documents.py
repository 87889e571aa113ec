"""Versioned documents, when many publish at once: no number twice, none left out, and what was published stays as it was."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import installation
import servers
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

"""Keys that leaked: what tests/transcripts/credentials.txt cannot show, because it takes an address of its own."""

from __future__ import annotations

import json

import installation
import servers
import storage
from transcript import Answer, Request


def revoke(core: servers.Core, keys: list[str], address: str) -> Answer:
    body = json.dumps({"credentials": keys}).encode()
    return core.send(Request("POST", "/api/v1/credentials/revoke", [("Content-Type", "application/json")], body), remote_addr=address)


def test_one_address_may_send_so_many_a_minute_and_takes_nothing_from_others(core: servers.Core) -> None:
    answers = (revoke(core, ["cc_live_"], "198.51.100.7") for _ in range(200))
    refused = next(answer for answer in answers if answer.status != 202)
    assert (refused.status, refused.json["error"]["code"]) == (429, "RATE_LIMITED") and int(refused.header("Retry-After") or 0) >= 1
    assert revoke(core, ["cc_live_"], "198.51.100.8").status == 202


def test_a_key_that_was_sent_is_nowhere_to_be_read(core: servers.Core) -> None:
    project = installation.Project(core.data)
    key, strange = project.key("leaked", ["runs:read"]), project("unknown")
    assert revoke(core, [key, strange], "198.51.100.9").status == 202
    with storage.connect(core.data) as database:
        (row,) = database.execute("SELECT * FROM audit WHERE action = 'credentials.revoke' AND project_id = ?", (project.id,)).fetchall()
        dump = "\n".join(database.iterdump())
    database.close()
    assert "198.51.100.9" in row
    for text in (dump, core.logs()):
        assert key not in text and strange not in text and key[8:] not in text


def test_a_key_is_ended_by_its_holder_whatever_keeps_it_from_being_used(core: servers.Core) -> None:
    project = installation.Project(core.data)
    keys = {name: project(name) for name in ("network", "expired", "admin")}
    assert revoke(core, list(keys.values()), "198.51.100.10").status == 202
    listed = json.loads(installation.command("key", "list", "--data", core.data, "--project", project.id, "--json").stdout)
    rows = listed["data"] if isinstance(listed, dict) else listed
    assert {row["name"]: row["revokedAt"] is not None for row in rows if row["name"] in keys} == dict.fromkeys(keys, True)

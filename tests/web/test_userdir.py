"""The shipped .htaccess below the address that mod_userdir gives an account: /~ada/cc/, which browsers may also write /%7Eada/cc/."""

from __future__ import annotations

import http.client
import json
import shutil
from collections.abc import Iterator
from contextlib import closing

import pytest

import installation
import servers
from test_session import owner_of, refused
from transcript import Request


class Spelt(servers.ApacheUserdir):
    """The same folder by the address that a client wrote."""

    def __init__(self, under: servers.ApacheUserdir, prefix: str) -> None:
        self.data, self.port, self.prefix = under.data, under.port, prefix


@pytest.fixture(scope="module")
def running() -> Iterator[servers.ApacheUserdir]:
    transport = servers.ApacheUserdir()
    try:
        installation.command("init", "--data", transport.data)
        transport.start()
        folder = transport.folder / "space" / transport.below
        shutil.copytree(installation.ROOT / "www" / "app", folder / "app")
        installation.hand_over(folder / "app")
        yield transport
    finally:
        transport.stop()


@pytest.fixture(scope="module", params=["/~ada/cc", "/%7Eada/cc", "/%7eada/cc", "//~ada/cc"])
def userdir(request: pytest.FixtureRequest, running: servers.ApacheUserdir) -> servers.Transport:
    return Spelt(running, request.param)


@pytest.fixture(scope="module")
def project(running: servers.ApacheUserdir) -> installation.Project:
    return installation.Project(running.data)


def test_a_key_is_known_and_so_is_the_place(userdir: servers.Transport, project: installation.Project) -> None:
    own = [("Authorization", f"Bearer {project('admin')}")]
    assert userdir.send(Request("GET", "/api/v1/whoami", own)).json["data"]["projectId"] == project.id
    (server,) = userdir.send(Request("GET", "/api/v1/openapi.json")).json["servers"]
    assert server["url"].endswith("ada/cc/api/v1"), server
    page = userdir.send(Request("GET", "/api/v1/workflows?limit=1", own))
    link = page.header("Link") or ""
    assert link.startswith("<?") and 'rel="next"' in link, link
    refused(userdir.send(Request("GET", "/api/v1/nowhere", own)), 404, "NOT_FOUND")


def test_nothing_but_the_program_is_handed_out(userdir: servers.Transport) -> None:
    for path in ("/codecourier.path", "/.htaccess"):
        assert userdir.send(Request("GET", path)).status == 403, path
    assert b"ELF" not in userdir.send(Request("GET", "/codecourier.cgi")).body[:8]
    assert userdir.send(Request("GET", "/app/index.html")).status == 200


def test_who_signs_in_stays_so_below_the_folder_and_nowhere_else(userdir: servers.Transport, project: installation.Project) -> None:
    ada = owner_of(userdir, project)
    set_cookie = ada.sign_in().header("Set-Cookie") or ""
    project.values["owner_password"] = ada.password  # changed at the first time
    assert f"; Path={userdir.prefix}/;" in set_cookie, set_cookie  # browsers compare it with what they have written themselves
    assert ada.ask("GET", "/session").status == 200
    made = ada.ask("POST", "/personas", {"name": "Ada", "type": "custom"}, Origin=f"http://127.0.0.1:{userdir.port}")
    assert made.status == 201, made
    refused(ada.ask("POST", "/personas", {"name": "Eve", "type": "custom"}, Origin="http://elsewhere.example"), 403, "FORBIDDEN")
    gone = ada.ask("DELETE", "/session").header("Set-Cookie") or ""
    assert f"; Path={userdir.prefix}/;" in gone and "Max-Age=0" in gone


@pytest.mark.parametrize("turn", [1, 2])
def test_events_come_while_the_run_goes_on(userdir: servers.Transport, project: installation.Project, turn: int) -> None:
    """The second time as well: what streamed has given up its place among the few who may wait."""
    own = [("Authorization", f"Bearer {project('admin')}"), ("Content-Type", "application/json")]
    flow = userdir.send(Request("GET", "/api/v1/workflows", own[:1])).json["data"][0]["id"]
    run = userdir.send(Request("POST", "/api/v1/runs", own, json.dumps({"workflowId": flow}).encode())).json["data"]["id"]
    with closing(http.client.HTTPConnection("127.0.0.1", userdir.port, timeout=60)) as connection:
        connection.request("GET", f"{userdir.prefix}/api/v1/runs/{run}/events", headers=dict(own[:1]) | {"Accept": "text/event-stream"})
        answer = connection.getresponse()
        assert (answer.status, answer.headers["Content-Type"]) == (200, "text/event-stream; charset=utf-8"), (answer.read(), turn)
        while answer.readline() != b"id: 1\n":
            assert not answer.isclosed()
        assert userdir.send(Request("POST", f"/api/v1/runs/{run}/cancel", own)).status < 300
        assert b'"status":"cancelled"' in answer.read()

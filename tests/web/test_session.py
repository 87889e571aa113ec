"""Sessions: what takes time, a lost file, or a count of work to see; the rest is in the transcripts."""

from __future__ import annotations

import concurrent.futures
import json
import time
from collections.abc import Iterator

import pytest

import installation
import servers
import storage
import transcript
from transcript import Answer, Request

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
PASSWORD = "correct horse battery staple"


@pytest.fixture
def mine() -> Iterator[servers.Core]:
    """A library of one test's own: it moves the clock, and wears throttles out."""
    transport = servers.Still()
    try:
        installation.command("init", "--data", transport.data)
        transport.start()
        yield transport
    finally:
        transport.stop()


class Person:
    """Somebody with a browser."""

    def __init__(self, transport: servers.Transport, email: str, password: str) -> None:
        self.transport, self.email, self.password = transport, email, password
        self.cookie = self.csrf = ""

    def ask(self, method: str, path: str, body: object = None, shift_ms: int | None = None, **headers: str) -> Answer:
        request = Request(method, f"/api/v1{path}", [(name.replace("_", "-"), value) for name, value in headers.items()])
        if self.cookie:
            request.headers += [("Cookie", self.cookie), ("X-CSRF-Token", self.csrf)]
        if body is not None:
            request.headers.append(("Content-Type", "application/json"))
            request.body = json.dumps(body).encode()
        if shift_ms is None:
            answer = self.transport.send(request)
        else:
            assert isinstance(self.transport, servers.Core)
            answer = self.transport.send(request, shift_ms)
        transcript.promises(request, answer)
        cookie = answer.header("Set-Cookie")
        if cookie:
            self.cookie = cookie.partition(";")[0]
            self.csrf = answer.json["data"].get("csrfToken", "")
        return answer

    def sign_in(self, **headers: str) -> Answer:
        self.cookie = ""
        answer = self.ask("POST", "/session", {"email": self.email, "password": self.password}, **headers)
        assert answer.status == 201, answer
        if answer.json["data"]["mustChangePassword"]:
            changed = self.ask("POST", "/session/password", {"currentPassword": self.password, "newPassword": PASSWORD})
            assert changed.status == 200, changed
            self.password = PASSWORD
        return answer


def owner_of(transport: servers.Transport, project: installation.Project) -> Person:
    return Person(transport, project("owner"), project("owner_password"))


def refused(answer: Answer, status: int, code: str) -> None:
    assert (answer.status, answer.json["error"]["code"]) == (status, code), answer


def test_a_session_that_rests_too_long_ends(mine: servers.Core) -> None:
    ada = owner_of(mine, installation.Project(mine.data))
    ada.sign_in()
    assert ada.ask("GET", "/session", shift_ms=11 * HOUR).status == 200
    assert ada.ask("GET", "/session", shift_ms=22 * HOUR).status == 200, "it was used in between"
    refused(ada.ask("GET", "/session", shift_ms=34 * HOUR + 2 * MINUTE), 401, "AUTH_INVALID")


def test_a_session_ends_in_any_case(mine: servers.Core) -> None:
    ada = owner_of(mine, installation.Project(mine.data))
    ada.sign_in()
    for third in range(1, 42):
        assert ada.ask("GET", "/whoami", shift_ms=third * DAY // 3).status == 200
    refused(ada.ask("GET", "/whoami", shift_ms=14 * DAY), 401, "AUTH_INVALID")


def test_an_invitation_is_good_for_seven_days(mine: servers.Core) -> None:
    ada = owner_of(mine, installation.Project(mine.data))
    ada.sign_in()
    made = ada.ask("POST", "/members/invitations", {"email": "grace@example.com"}).json["data"]
    nobody = Person(mine, "", "")
    assert nobody.ask("POST", "/session/invitation", {"token": made["token"]}, shift_ms=7 * DAY - MINUTE).status == 200
    late = {"token": made["token"], "password": PASSWORD}
    refused(nobody.ask("POST", "/session/invitation", {"token": made["token"]}, shift_ms=7 * DAY + MINUTE), 404, "NOT_FOUND")
    refused(nobody.ask("POST", "/session/accept-invitation", late), 404, "NOT_FOUND")


def test_a_new_password_by_the_operator_ends_all_sessions(mine: servers.Core) -> None:
    ada = owner_of(mine, installation.Project(mine.data))
    ada.sign_in()
    installation.command("user", "password", "--data", mine.data, "--email", ada.email)
    refused(ada.ask("GET", "/session"), 401, "AUTH_INVALID")


def test_only_hashes_are_kept(mine: servers.Core) -> None:
    ada = owner_of(mine, installation.Project(mine.data))
    ada.sign_in()
    token = ada.ask("POST", "/members/invitations", {"email": "grace@example.com"}).json["data"]["token"]
    secrets = [ada.cookie.partition("=")[2], ada.csrf, token, PASSWORD]
    with storage.connect(mine.data) as database:
        text = "\n".join(database.iterdump())
    database.close()
    for secret in secrets:
        assert len(secret) > 20
        assert secret not in text and secret.encode().hex().upper() not in text.upper()


def test_an_account_that_does_not_exist_costs_as_much_to_refuse(mine: servers.Core) -> None:
    """Time is nothing to compare on a busy machine; the one thing that takes long is Argon2id, by its parameters."""
    project = installation.Project(mine.data)
    known, unknown = owner_of(mine, project), Person(mine, "nobody@example.com", "")

    def checks(person: Person) -> list[str]:
        before = len(mine.logs())
        refused(person.ask("POST", "/session", {"email": person.email, "password": "a guess"}), 401, "AUTH_INVALID")
        return [line for line in mine.logs()[before:].splitlines() if line.startswith("password check")]

    first = checks(known)
    assert len(first) == 1 and first[0].startswith("password check $argon2id$v=19$m=")
    assert checks(unknown) == first == checks(known)


def test_an_address_may_not_try_for_ever(mine: servers.Core) -> None:
    person = Person(mine, "", "")
    seen = [person.ask("POST", "/session/invitation", {"token": f"guess {n}"}).status for n in range(60)]
    assert set(seen[:40]) == {404}
    assert seen[-1] == 429
    refused(person.ask("POST", "/session", {"email": "a@example.com", "password": "x"}), 429, "RATE_LIMITED")


def test_a_refused_sign_in_is_in_the_log_without_the_account(mine: servers.Core) -> None:
    project = installation.Project(mine.data)
    for email in (owner_of(mine, project).email, "nobody@example.com"):
        refused(Person(mine, email, "").ask("POST", "/session", {"email": email, "password": "not it"}), 401, "AUTH_INVALID")
    lines = [line for line in mine.logs().splitlines() if "sign-in refused" in line]
    assert len(lines) == 2 and all("from 127.0.0.1" in line and "@" not in line and "not it" not in line for line in lines)


def test_the_loss_of_the_hot_state_signs_nobody_out(mine: servers.Core) -> None:
    ada = owner_of(mine, installation.Project(mine.data))
    ada.sign_in()
    mine.stop_player()
    (mine.data / "codecourier.db-hot").unlink()
    mine.start()
    assert ada.ask("GET", "/session").status == 200


def test_two_owners_who_remove_each_other_at_once_leave_one(fastcgi: servers.Fastcgi) -> None:
    project = installation.Project(fastcgi.data)
    ada = owner_of(fastcgi, project)
    ada.sign_in()
    for turn in range(4):
        token = ada.ask("POST", "/members/invitations", {"email": f"grace{turn}@example.com", "role": "owner"}).json["data"]["token"]
        grace = Person(fastcgi, f"grace{turn}@example.com", PASSWORD)
        joined = grace.ask("POST", "/session/accept-invitation", {"token": token, "password": PASSWORD})
        assert joined.status == 201, joined
        ids = {person: person.ask("GET", "/session").json["data"]["user"]["id"] for person in (ada, grace)}
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            answers = [
                pool.submit(ada.ask, "DELETE", f"/members/{ids[grace]}"),
                pool.submit(grace.ask, "DELETE", f"/members/{ids[ada]}"),
            ]
            outcome = sorted(answer.result().status for answer in answers)
        assert outcome[0] == 200 and outcome[1] in (403, 404, 409), outcome
        owners = [member["id"] for member in json.loads(members(fastcgi, project).body)["data"]]
        assert len(owners) == 1
        ada = ada if owners == [ids[ada]] else grace


def accept(browser: Person, token: str) -> Answer:
    """Whoever is told that too many sign in just now comes again."""
    while (answer := browser.ask("POST", "/session/accept-invitation", {"token": token, "password": PASSWORD})).status == 503:
        time.sleep(int(answer.header("Retry-After") or 0))
    return answer


def test_an_invitation_lets_in_once_however_many_take_it_up_at_once(fastcgi: servers.Fastcgi) -> None:
    for _ in ("who has no account", "who has one"):
        owner = owner_of(fastcgi, installation.Project(fastcgi.data))
        owner.sign_in()
        token = owner.ask("POST", "/members/invitations", {"email": "lin@example.com", "role": "admin"}).json["data"]["token"]
        browsers = [Person(fastcgi, "lin@example.com", PASSWORD) for _ in range(6)]
        with concurrent.futures.ThreadPoolExecutor(len(browsers)) as pool:
            answers = list(pool.map(lambda browser: accept(browser, token), browsers))
        outcome = sorted(answer.status for answer in answers)
        assert outcome[0] == 201 and set(outcome[1:]) <= {401, 404, 409}, outcome
        here = owner.ask("GET", "/members").json["data"]
        assert [member["email"] for member in here].count("lin@example.com") == 1 and len(here) == 2


def members(transport: servers.Transport, project: installation.Project) -> Answer:
    return transport.send(Request("GET", "/api/v1/members?role=owner", [("Authorization", f"Bearer {project('admin')}")]))


def test_a_cookie_that_came_by_https_goes_back_by_https_only(cgi: servers.Cgi) -> None:
    (cgi.data / "codecourier.conf").write_text("trustedProxies = 127.0.0.1\n")
    ada = owner_of(cgi, installation.Project(cgi.data))
    assert "Secure" not in (ada.sign_in().header("Set-Cookie") or "")
    assert (ada.sign_in(X_Forwarded_Proto="https").header("Set-Cookie") or "").endswith("; Secure")


@pytest.mark.parametrize("written, path", [
    ("", "/"), ("/~ada", "/~ada/"), ("/%7Eada", "/%7Eada/"), ("/%7eada/a%20b", "/%7eada/a%20b/"), ("/%61%2fb", "/%61%2fb/"), ("/a;Domain=example.org", "/"),
])  # fmt: skip
def test_a_cookie_goes_back_to_the_path_that_the_browser_wrote(core: servers.Core, written: str, path: str) -> None:
    """RFC 6265, 5.1.4: browsers compare letter by letter, and "%7E" is not "~" to them."""
    project = installation.Project(core.data)
    body = json.dumps({"email": project("owner"), "password": project("owner_password")}).encode()
    for api in ("/api/v1/session", "/%61pi/v1/session"):
        answer = core.send(Request("POST", written + api, [("Content-Type", "application/json")], body))
        assert answer.status < 300 and f"; Path={path}; " in (answer.header("Set-Cookie") or ""), answer

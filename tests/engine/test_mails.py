"""Notifications by e-mail: to those who asked for it, by a program or a mail server, again until it is taken."""

from __future__ import annotations

import email
import email.policy
import json
import re
import stat
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from instance import PYTHON, Instance

FROM = "courier@example.org"
RECORDER = """
import os, sys
folder, text = {folder!r}, sys.stdin.buffer.read()
with open(folder + "/asked", "a") as file:
    file.write(repr((sys.argv[1:], sorted(os.environ))) + chr(10))
if os.path.exists(folder + "/broken"):
    sys.exit(75)
open(folder + "/mail-%d" % len(os.listdir(folder)), "wb").write(text)
"""


class Sendmail:
    """A program that keeps what it is given, or ends with 75 while it is to."""

    def __init__(self, instance: Instance) -> None:
        self.folder = instance.folder / "mails"
        self.folder.mkdir()
        self.path = instance.bin / "sendmail"
        self.write(RECORDER.format(folder=str(self.folder)))
        instance.conf |= {"mail": self.path, "mailFrom": FROM, "publicUrl": "https://courier.example.org/"}
        instance.write_conf()

    def write(self, script: str) -> None:
        self.path.write_text(f"#!{PYTHON} -IS\n{script}")
        self.path.chmod(0o755)

    def breaks(self, broken: bool) -> None:
        if broken:
            (self.folder / "broken").touch()
        else:
            (self.folder / "broken").unlink()

    def asked(self) -> int:
        path = self.folder / "asked"
        return len(path.read_text().splitlines()) if path.exists() else 0

    def raw(self) -> list[bytes]:
        return [path.read_bytes() for path in sorted(self.folder.glob("mail-*"))]

    def mails(self) -> list[EmailMessage]:
        return [read(one) for one in self.raw()]


def read(raw: bytes) -> EmailMessage:
    made = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(made, EmailMessage) and not made.defects, made.defects
    return made


def person(instance: Instance, name: str, wants: str | None) -> str:
    """A member, of whose joining nobody is told; the id."""
    project = instance.ask("GET", "/project")["data"]["id"]
    address = f"{name}@example.com"
    instance.helper("user", "add", "--data", str(instance.data), "--project", project, "--role", "member", "--email", address, "--quiet")
    instance.sql("UPDATE users SET email_notifications = ? WHERE email = ?", wants, address)
    instance.sql("DELETE FROM mails")
    return str(instance.sql("SELECT id FROM users WHERE email = ?", address)[0][0])


def rehearsed(instance: Instance, name: str = "Flow", mode: str = "live") -> str:
    flow = instance.ask("POST", "/workflows", {"name": name, "steps": [{"role": "custom", "agent": "rehearsal"}]})["data"]["id"]
    return instance.start(flow, mode)


def failed(instance: Instance) -> str:
    instance.agent("broken", "raise SystemExit(3)")
    return instance.start(instance.workflow({"role": "custom", "agent": "broken", "instructions": "Fail."}), "live")


def test_each_gets_what_they_asked_for_once_and_as_rfcs_say(instance: Instance) -> None:
    sendmail = Sendmail(instance)
    ada, _, _ = (person(instance, name, wants) for name, wants in (("ada", "all"), ("ben", "important"), ("cem", None)))
    name = "Grüße, 世界 " + "x" * 60  # longer than a line, and no ASCII
    good, bad = rehearsed(instance, name), failed(instance)
    rehearsed(instance, mode="test")  # of tests nobody is written to
    instance.drain()
    assert sorted((one["To"], one["Subject"].partition("] ")[2].partition(":")[0]) for one in sendmail.mails()) == [
        ("ada@example.com", "A run has completed"), ("ada@example.com", "A run has failed"), ("ben@example.com", "A run has failed")]  # fmt: skip
    assert instance.sql("SELECT count(*) FROM mails") == [(0,)]
    (one,) = (one for one in sendmail.mails() if "completed" in one["Subject"])
    (note,) = instance.sql("SELECT id, created_at FROM notifications WHERE about_id = ?", good)
    assert one["Subject"].endswith(f"A run has completed: {name}") and one["From"] == f"CodeCourier <{FROM}>"
    assert one["Message-ID"] == f"<{note[0]}.{ada}@example.org>" and one["Date"].datetime.timestamp() == note[1] // 1000
    assert (one["Auto-Submitted"], one.get_content_type(), one.get_content_charset()) == ("auto-generated", "text/plain", "utf-8")
    text = one.get_content().replace("\r\n", "\n")
    assert name in text and f"\nhttps://courier.example.org/#/runs/{good}\n" in text and bad not in text
    assert all((len(line) <= 78 or line.startswith(b"Message-ID: ")) and line.isascii() for raw in sendmail.raw() for line in raw.splitlines())
    arguments, environment = eval((sendmail.folder / "asked").read_text().splitlines()[0])
    assert arguments == ["-t", "-i"] and not [one for one in environment if one.startswith(("CC_", "CODECOURIER"))]


def test_names_end_no_header_and_begin_none(instance: Instance) -> None:
    sendmail = Sendmail(instance)
    person(instance, "ada", "all")
    run = rehearsed(instance)
    evil = "x\r\nBcc: everybody@example.com\r\n\r\n.\r\nHello\0"
    instance.sql("UPDATE runs SET name = ? WHERE id = ?", evil.rstrip("\0"), run)
    instance.sql("UPDATE projects SET name = ?", "P\nTo: mallory@example.com\n" + "ü" * 400)
    instance.drain()
    (one,) = sendmail.mails()
    assert sorted(one.keys()) == ["Auto-Submitted", "Content-Transfer-Encoding", "Content-Type", "Date", "From", "MIME-Version", "Message-ID", "Subject", "To"]
    assert one["To"] == "ada@example.com" and not re.search(r"[\r\n]", one["Subject"]) and one["Subject"].startswith("[P To: mallory@example.com üü")
    assert not any(line == b"." for line in sendmail.raw()[0].splitlines())


def test_what_was_not_taken_is_tried_again_and_is_the_same(instance: Instance) -> None:
    instance.own_clock()
    sendmail = Sendmail(instance)
    person(instance, "ada", "all")
    for _ in range(3):
        rehearsed(instance)
    sendmail.breaks(True)
    instance.drain()
    assert sendmail.asked() == 1, "one is asked for; that the others would fail as well is to be supposed"
    assert f"an e-mail could not be sent: {sendmail.path} ended with 75" in instance.log_text()
    instance.drain()
    assert sendmail.asked() == 1, "too soon"
    waits = dict(instance.sql("SELECT id, attempts FROM mails"))
    assert sorted(waits.values()) == [0, 0, 1]
    sendmail.breaks(False)
    instance.let_pass(61)
    instance.drain()
    assert sorted(one["Message-ID"].partition(".")[0].lstrip("<") for one in sendmail.mails()) == sorted(waits)
    # After a day it is no news any more, however often it was tried.
    rehearsed(instance)
    sendmail.breaks(True)
    for passing in (0, 61, 121, 86400):
        instance.let_pass(passing)
        instance.drain()
    assert sendmail.asked() == 4 + 3 and instance.sql("SELECT count(*) FROM mails") == [(0,)]


def test_nobody_is_told_who_has_left_has_read_or_wants_none_any_more(instance: Instance) -> None:
    instance.own_clock()
    sendmail = Sendmail(instance)
    ids = {name: person(instance, name, "all") for name in ("ada", "ben", "cem", "dee")}
    sendmail.breaks(True)
    run = rehearsed(instance)
    instance.drain()
    instance.sql("DELETE FROM members WHERE user_id = ?", ids["ada"])
    instance.sql("UPDATE users SET email_notifications = NULL WHERE id = ?", ids["ben"])
    instance.sql("INSERT INTO notification_marks (project_id, reader, id, read_at) SELECT project_id, ?, id, 1 FROM notifications WHERE about_id = ?", ids["cem"], run)
    sendmail.breaks(False)
    instance.let_pass(61)
    instance.drain()
    assert [one["To"] for one in sendmail.mails()] == ["dee@example.com"]
    assert instance.sql("SELECT count(*) FROM mails") == [(0,)]


def test_a_program_that_hangs_delays_no_run_and_is_ended_with_the_worker(instance: Instance) -> None:
    sendmail = Sendmail(instance)
    person(instance, "ada", "all")
    began = instance.folder / "began"
    sendmail.write(f"import os, time; os.symlink(str(os.getpid()), {str(began)!r}); time.sleep(100000)")
    first = rehearsed(instance)
    worker = instance.worker()
    instance.wait(began.is_symlink)
    second = rehearsed(instance)
    instance.wait(lambda: instance.run(second, "live")["status"] == "completed")
    assert instance.run(first, "live")["status"] == "completed"
    worker.terminate()
    assert worker.wait(timeout=60) == 0, instance.log_text()
    instance.wait(lambda: not Path(f"/proc/{began.readlink()}/exe").exists())
    assert instance.sql("SELECT count(*) FROM mails") == [(2,)], "they are due again later"


def check(instance: Instance) -> dict[str, Any]:
    found = json.loads(instance.command("doctor", "--json", "--data", str(instance.data), check=False).stdout)
    return next((one for one in found if one["check"] == "e-mail"), {})


def test_what_cannot_work_is_said_and_ends_no_worker(instance: Instance) -> None:
    assert check(instance) == {}
    sendmail = Sendmail(instance)
    assert check(instance) == {"check": "e-mail", "ok": True, "words": f"sent by {sendmail.path}"}
    person(instance, "ada", "all")
    sendmail.path.unlink()
    assert not check(instance)["ok"]
    run = rehearsed(instance)
    instance.drain()
    assert instance.run(run, "live")["status"] == "completed" and f"{sendmail.path} cannot be started: No such file" in instance.log_text()
    password = instance.folder / "password"
    password.write_text("open sesame\n")
    instance.conf |= {"mail": "smtps://ada@mail.example.org", "mailPasswordFile": password}
    instance.write_conf()
    password.chmod(0o644)
    assert "chmod 600" in check(instance)["words"]
    password.chmod(stat.S_IRUSR)
    assert check(instance)["ok"]
    instance.conf["mailPasswordFile"] = instance.folder / "nowhere"
    instance.write_conf()
    assert not check(instance)["ok"]
    for wrong in ("sendmail -t", "smtp://", "smtps://ada:secret@mail.example.org", "http://mail.example.org", "smtp://a b"):
        instance.conf["mail"] = wrong
        instance.write_conf()
        done = instance.command("doctor", "--data", str(instance.data), check=False)
        assert done.returncode == 3 and "'mail' must be" in done.stderr and "secret" not in done.stderr, done
    instance.conf |= {"mail": "/bin/true", "mailFrom": "Courier <courier@example.org>"}
    instance.write_conf()
    assert instance.command("doctor", "--data", str(instance.data), check=False).returncode == 3


class Post:
    def __init__(self) -> None:
        self.came: list[tuple[str, list[str], bytes]] = []
        self.answer = "250 taken"

    async def handle_DATA(self, server: object, session: object, envelope: Any) -> str:
        if self.answer.startswith("250"):
            self.came.append((envelope.mail_from, envelope.rcpt_tos, envelope.content))
        return self.answer


class Door(Controller):
    """At whatever port is free."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@pytest.fixture
def post() -> Any:
    handler = Post()
    controller = Door(handler, hostname="127.0.0.1", port=0)
    controller.start()
    try:
        yield handler, controller.port
    finally:
        controller.stop()


def test_a_mail_server_takes_it_later_if_it_refused_it_first(instance: Instance, post: tuple[Post, int]) -> None:
    instance.own_clock()
    server, port = post
    instance.conf |= {"mail": f"smtp://127.0.0.1:{port}", "mailFrom": FROM}
    instance.write_conf()
    person(instance, "ada", "all")
    rehearsed(instance, "Über")
    server.answer = "451 not now"
    instance.drain()
    assert not server.came and "worker: an e-mail could not be sent: " in instance.log_text()
    server.answer = "250 taken"
    instance.let_pass(61)
    instance.drain()
    ((sender, to, raw),) = server.came
    assert (sender, to) == (FROM, ["ada@example.com"])
    one = read(raw)
    assert one["Subject"].endswith("A run has completed: Über") and "https://" not in one.get_content()
    assert instance.sql("SELECT count(*) FROM mails") == [(0,)]


def test_a_password_is_said_to_no_server_that_does_not_encrypt(instance: Instance, post: tuple[Post, int]) -> None:
    server, port = post
    password = instance.folder / "password"
    password.write_text("open sesame\n")
    instance.conf |= {"mail": f"smtp://ada@127.0.0.1:{port}", "mailFrom": FROM, "mailPasswordFile": password}
    instance.write_conf()
    person(instance, "ada", "all")
    rehearsed(instance)
    instance.drain()
    assert not server.came and "worker: an e-mail could not be sent: " in instance.log_text() and "sesame" not in instance.log_text()

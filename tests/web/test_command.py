"""The command: help at every level, exit codes, JSON where output is data, secrets alone with --quiet, German where asked for."""

from __future__ import annotations

import json
import os
import pty
import re
import socket
import subprocess
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest

import installation
import servers
import storage
from installation import command

COMMANDS = [
    "init", "serve", "key create", "key list", "key revoke", "key rotate", "key check", "project create", "project list", "migrate",
    "user add", "user password", "work", "run start", "run check", "run list", "run watch", "run logs", "run open", "run cancel", "run retry", "run diff", "run compare", "run artifacts", "pull list", "pull show", "pull refresh", "pull merge", "pull close", "pull fix", "branch list", "branch delete", "issue import", "sandbox open", "sandbox say", "sandbox commit", "sandbox list", "sandbox kill", "watch", "doctor", "routes", "openapi", "version",
]  # fmt: skip
KEY = re.compile(r"cc_(live|test)_[0-9A-Za-z]{38}")


@pytest.fixture(scope="module")
def data() -> Path:
    data = installation.private_folder() / "data"
    command("init", "--data", data)
    return data


def make_key(data: Path, *options: str, name: str = "ci") -> str:
    return command("key", "create", "--data", data, "--name", name, "--scopes", "workflows:read", "--quiet", *options).stdout.strip()


def test_help_lists_every_command_on_standard_output() -> None:
    done = command("--help")
    assert done.stderr == ""
    for name in COMMANDS:
        assert name in done.stdout
    assert "CODECOURIER_DATA" in done.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_a_command_tells_usage_and_exit_codes(name: str) -> None:
    done = command(*name.split(), "--help")
    assert done.stderr == "" and f"codecourier {name}" in done.stdout
    assert "--help" in done.stdout and "Exit codes" in done.stdout


@pytest.mark.parametrize("arguments", [
    ["fly"], ["key", "fly"], ["key", "create"], ["key", "create", "--wings"], ["serve", "--port", "many"], ["serve", "--port", "70000"],
    ["routes", "surplus"], ["project", "create"], ["version", "--json=perhaps"],
])  # fmt: skip
def test_a_command_line_that_is_not_understood_ends_with_2(arguments: list[str]) -> None:
    done = command(*arguments, check=False)
    assert done.returncode == 2, done.stdout + done.stderr
    assert done.stderr.strip() and done.stdout == ""


@pytest.mark.parametrize("arguments", [[], ["key"]])
def test_half_a_command_shows_what_there_is_and_ends_with_2(arguments: list[str]) -> None:
    done = command(*arguments, check=False)
    assert done.returncode == 2 and "key create" in done.stdout + done.stderr


def test_what_the_service_refuses_ends_with_1(data: Path) -> None:
    done = command("key", "create", "--data", data, "--name", "odd", "--scopes", "wings:flap", check=False)
    assert done.returncode == 1 and "scopes" in done.stderr
    assert command("key", "revoke", "--data", data, "kak_0000000000000000000000", check=False).returncode == 1
    assert command("user", "password", "--data", data, "--email", "nobody@example.org", check=False).returncode == 1


def test_a_data_directory_that_is_not_there_ends_with_3_and_says_what_to_do(tmp_path: Path) -> None:
    done = command("key", "list", "--data", "/nowhere/data", check=False)
    assert done.returncode == 3
    assert "/nowhere/data" in done.stderr and "init" in done.stderr


def test_init_twice_changes_nothing(data: Path) -> None:
    before = command("project", "list", "--data", data, "--json").stdout
    again = command("init", "--data", data)
    assert command("project", "list", "--data", data, "--json").stdout == before
    assert "nothing was changed" in again.stdout
    assert not re.search(r"\b[a-z0-9]{5}(-[a-z0-9]{5}){3}\b", again.stdout), "a password"


def test_the_data_directory_is_closed_to_others(data: Path) -> None:
    assert data.stat().st_mode & 0o077 == 0
    for path in data.iterdir():
        if path.suffix != ".conf":
            assert path.stat().st_mode & 0o077 == 0, path.name


def test_quiet_prints_the_secret_alone(data: Path) -> None:
    done = command("key", "create", "--data", data, "--name", "quickstart", "--scopes", "projects:read,workflows:read,runs:read", "--quiet")
    assert KEY.fullmatch(done.stdout.strip()) and done.stdout.count("\n") == 1 and done.stderr == ""


def test_without_quiet_it_prints_the_export_line_and_what_the_key_may_do(data: Path) -> None:
    done = command("key", "create", "--data", data, "--name", "loud", "--scopes", "runs:cancel")
    assert re.search(r'export CC_KEY="?cc_live_[0-9A-Za-z]{38}"?$', done.stdout, re.MULTILINE)
    assert "runs:cancel" in done.stdout


def test_a_key_in_json_can_be_read_back(data: Path) -> None:
    made = json.loads(command("key", "create", "--data", data, "--name", "json", "--scopes", "audit:read", "--mode", "test", "--expires", "30d",
                              "--networks", "192.0.2.0/24,2001:db8::/32", "--rate-limit", "60", "--json").stdout)["data"]  # fmt: skip
    assert made["key"].startswith("cc_test_") and made["mode"] == "test" and made["rateLimit"] == 60
    assert made["allowedNetworks"] == ["192.0.2.0/24", "2001:db8::/32"] and made["expiresAt"].endswith("Z")


def test_the_list_shows_keys_and_no_secrets(data: Path) -> None:
    key = make_key(data, name="listed")
    for form in ((), ("--json",)):
        listed = command("key", "list", "--data", data, *form).stdout
        assert "listed" in listed and key not in listed and not KEY.search(listed)


def test_check_tells_good_from_bad_keys(data: Path) -> None:
    key = make_key(data, name="checked")

    def check(text: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([installation.COMMAND, "key", "check", "--data", data], input=text, capture_output=True, text=True, **installation.unprivileged())  # type: ignore[call-overload,no-any-return]

    good = check(key + "\n")
    assert good.returncode == 0 and "checked" in good.stdout and key not in good.stdout
    for bad in (key[:-1], key[:-1] + ("0" if key[-1] != "0" else "1"), installation.with_checksum("cc_live_" + "A" * 32), "", "x"):
        refused = check(bad)
        assert refused.returncode != 0 and refused.stdout == "" and (not bad or len(bad) < 5 or bad not in refused.stderr)


def test_revoke_ends_a_key_and_rotate_renews_one(data: Path) -> None:
    key = make_key(data, name="renewed")
    rows = json.loads(command("key", "list", "--data", data, "--json").stdout)["data"]
    (identity,) = [row["id"] for row in rows if row["name"] == "renewed"]
    new = command("key", "rotate", "--data", data, identity, "--overlap", "0", "--quiet").stdout.strip()
    assert KEY.fullmatch(new) and new != key
    assert command("key", "check", "--data", data, key, check=False).returncode == 1
    assert command("key", "check", "--data", data, new).returncode == 0
    (fresh,) = [row["id"] for row in json.loads(command("key", "list", "--data", data, "--json").stdout)["data"]
                if row["name"] == "renewed" and row["id"] != identity]  # fmt: skip
    command("key", "revoke", "--data", data, fresh)
    assert command("key", "check", "--data", data, new, check=False).returncode == 1


def test_more_than_one_project_has_to_be_named() -> None:
    data = installation.private_folder() / "data"
    command("init", "--data", data)
    command("project", "create", "--data", data, "--name", "Second")
    done = command("key", "create", "--data", data, "--name", "which", "--scopes", "audit:read", check=False)
    assert done.returncode != 0 and "second" in done.stderr
    command("key", "create", "--data", data, "--name", "which", "--scopes", "audit:read", "--project", "second")


def test_people_get_a_one_time_password(data: Path) -> None:
    first = command("user", "add", "--data", data, "--email", "ada@example.org", "--role", "admin", "--quiet").stdout.strip()
    second = command("user", "password", "--data", data, "--email", "ADA@example.org", "--quiet").stdout.strip()
    assert len(first) >= 16 and len(second) >= 16 and first != second
    assert command("user", "add", "--data", data, "--email", "ada@example.org", check=False).returncode == 1
    assert command("user", "add", "--data", data, "--email", "nobody", check=False).returncode in (1, 2)


def test_what_the_operator_does_to_people_is_in_the_audit_log(data: Path) -> None:
    command("user", "add", "--data", data, "--email", "log@example.org")
    command("user", "password", "--data", data, "--email", "log@example.org")
    with closing(storage.connect(data)) as db:
        query = "SELECT a.action, a.actor_type FROM audit a JOIN users u ON u.id = a.resource_id WHERE u.email = ? ORDER BY a.id"
        assert db.execute(query, ("log@example.org",)).fetchall() == [("members.add", "local"), ("members.password", "local")]


def test_making_an_instance_is_quiet_about_its_inside() -> None:
    assert command("init", "--data", installation.private_folder() / "new").stderr == ""


def test_the_unit_without_network_and_namespaces_executes_no_runs() -> None:
    units = installation.ROOT / "cgi" / "conf"
    web, work = ((units / f"codecourier-{name}.service").read_text(encoding="utf-8") for name in ("web", "work"))
    assert "RestrictAddressFamilies=AF_UNIX" in web and re.search(r"^ExecStart=.* serve .*--slots 0$", web, re.MULTILINE)
    assert not re.search(r"^(RestrictAddressFamilies|RestrictNamespaces)=", work, re.MULTILINE)


def test_routes_openapi_and_version_are_data() -> None:
    assert {"method", "path", "scope", "operation", "summary", "aliases"} <= set(json.loads(command("routes", "--json").stdout)[0])
    assert json.loads(command("openapi").stdout)["openapi"].startswith("3.1")
    assert re.search(r"\d+\.\d+\.\d+", command("version").stdout)
    assert re.fullmatch(r"\d+\.\d+\.\d+", json.loads(command("version", "--json").stdout)["version"])


def test_german_is_spoken_where_it_is_asked_for(data: Path) -> None:
    german = {"LC_ALL": "", "LC_MESSAGES": "", "LANG": "de_DE.UTF-8"}
    done = command("--help", env=german)
    assert "Befehle" in done.stdout and "Rückgabewert" in done.stdout or "Verwendung" in done.stdout
    for name in COMMANDS:
        told = command(*name.split(), "--help", env=german).stdout
        assert "Exit codes" not in told and "Usage" not in told, name
    listed = command("project", "list", "--data", data, "--json", env=german).stdout
    assert json.loads(listed) == json.loads(command("project", "list", "--data", data, "--json").stdout), "data speak no language"


def test_what_the_core_says_to_an_operator_is_german_as_well(data: Path) -> None:
    """Meanings of settings, routes and scopes, checks of doctor, and why something cannot be opened."""
    german, english = {"LC_ALL": "de_DE.UTF-8"}, {"LC_ALL": "C"}
    for words in (["settings"], ["help", "settings"], ["routes"], ["scopes", "--data", data]):
        told = {language: re.findall(r"\b[A-Za-zÄÖÜäöüß]{3,} [a-zäöü]{2,} [a-zäöü]{2,}\b", command(*words, env=env).stdout)
                for language, env in (("en", english), ("de", german))}  # fmt: skip
        assert len(told["de"]) > 10 and not set(told["de"]) & set(told["en"]), words
    key = data / "codecourier.db-key"
    os.chmod(key, 0o644)
    try:
        shown = command("doctor", "--data", data, env=german, check=False).stdout
        said = json.loads(command("doctor", "--data", data, "--json", env=german, check=False).stdout)
    finally:
        os.chmod(key, 0o600)
    assert f"!!   Schlüsseldatei: die Schlüsseldatei {key} hat den Modus 0644, " in shown
    assert {"storage", "limits", "key", "data", "time zones", "isolation", "git"} <= {one["check"] for one in said}, "data speak no language"
    left = [one for one in said if f" {one['check']}: {one['words']}\n" in shown and not one["words"].startswith("/")]
    assert not left, "lines that stay English"
    assert "gibt es keine Datenbank" in command("key", "list", "--data", data.parent / "none", env=german, check=False).stderr
    wrong = data.parent / "wrong"
    command("init", "--data", wrong)
    (wrong / "codecourier.conf").write_text("rateLimt = 5\n")
    assert "Eine Einstellung 'rateLimt' gibt es nicht" in command("key", "list", "--data", wrong, env=german, check=False).stderr


def on_a_terminal(data: Path, env: dict[str, str]) -> str:
    """What the command writes to a terminal."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen([installation.COMMAND, "key", "list", "--data", data], stdout=theirs, stderr=theirs, stdin=subprocess.DEVNULL,
                               env={"PATH": os.environ["PATH"], "TERM": "xterm-256color", "LANG": "C.UTF-8"} | env, **installation.unprivileged())  # type: ignore[call-overload]  # fmt: skip
    os.close(theirs)
    text = b""
    while True:
        try:
            piece = os.read(ours, 4096)
        except OSError:
            break
        if not piece:
            break
        text += piece
    os.close(ours)
    assert process.wait(10) == 0
    return text.decode()


def test_colours_are_for_terminals_and_can_be_refused(data: Path) -> None:
    make_key(data, name="coloured")
    assert "\x1b[" not in command("key", "list", "--data", data).stdout
    assert "\x1b[" not in on_a_terminal(data, {"NO_COLOR": "1"})
    assert "\x1b[" in on_a_terminal(data, {}), "a terminal gets headings that stand out"


def test_serve_says_when_its_port_is_taken(data: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = command("serve", "--data", data, "--port", str(taken.getsockname()[1]), check=False)
    assert done.returncode == 1 and "--port" in done.stderr


def test_two_services_on_one_directory_are_one_too_many() -> None:
    server = servers.Serve()
    try:
        command("init", "--data", server.data)
        server.start()
        done = command("serve", "--data", server.data, "--port", str(servers.free_port()), check=False)
        assert done.returncode != 0 and done.stderr.strip()
    finally:
        server.stop()


def test_what_is_installed_serves_any_account_whatever_the_umask(tmp_path: Path) -> None:
    built = os.path.relpath(installation.BUILD, installation.ROOT)  # as the Makefile has it, which takes no path with a space
    subprocess.run(["make", "--silent", "-o", "all", "install", f"DESTDIR={tmp_path / 'with a space'}", f"B={built}"], cwd=installation.ROOT, check=True,
                   capture_output=True, umask=0o077)  # fmt: skip
    installed = tmp_path / "with a space" / "usr" / "local"
    modes = {str(path.relative_to(installed)): path.stat().st_mode & 0o777 for path in installed.rglob("*")}
    assert modes.pop("bin/codecourier") == 0o755 and modes.pop("lib/codecourier/codecourier.cgi") == 0o711
    assert modes["share/codecourier/www/index.html"] == 0o644 and "share/doc/codecourier/conf/htaccess" in modes
    assert set(modes.values()) == {0o755, 0o644}


def test_the_sample_configuration_is_what_settings_prints() -> None:
    assert (servers.CONF / "codecourier.conf").read_text() == command("settings").stdout


def test_artifacts_are_listed_and_one_goes_elsewhere_than_to_a_terminal() -> None:
    data = installation.new_data(installation.private_folder())
    project = installation.Project(data)
    flow = json.loads(command("run", "list", "--data", data, "--project", project.id, "--json").stdout)["data"]
    assert flow == []
    with closing(storage.connect(data)) as db:
        [workflow] = db.execute("SELECT id FROM workflows WHERE project_id = ? LIMIT 1", (project.id,)).fetchone()
    run = command("run", "start", "--data", data, "--project", project.id, "--workflow", workflow, "--quiet").stdout.strip()
    storage.add_artifact(data, run, "report.txt", "\x1b[2Jfine")
    listed = command("run", "artifacts", run, "--data", data, "--project", project.id).stdout
    assert "report.txt" in listed and "8" in listed.split()
    assert command("run", "artifacts", run, "report.txt", "--data", data, "--project", project.id).stdout == "\x1b[2Jfine"
    gone = command("run", "artifacts", run, "other.txt", "--data", data, "--project", project.id, check=False)
    assert gone.returncode == 1 and "has no such artifact" in gone.stderr
    ours, theirs = pty.openpty()
    done = subprocess.run([installation.COMMAND, "run", "artifacts", run, "report.txt", "--data", data, "--project", project.id], stdout=theirs,
                          stderr=subprocess.PIPE, text=True, **installation.unprivileged())  # type: ignore[call-overload]  # fmt: skip
    os.close(theirs)
    assert done.returncode == 2 and "--output report.txt" in done.stderr
    os.close(ours)


class Left(NamedTuple):
    data: Path
    project: str
    run: str

    def save(self, *options: str | Path, code: int = 0) -> str:
        done = command("run", "artifacts", self.run, "report.txt", "--data", self.data, "--project", self.project, *options, check=False)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr


@pytest.fixture(scope="module")
def left() -> Left:
    """A run, and an artifact of it."""
    data = installation.new_data(installation.private_folder())
    project = installation.Project(data)
    with closing(storage.connect(data)) as db:
        [workflow] = db.execute("SELECT id FROM workflows WHERE project_id = ? LIMIT 1", (project.id,)).fetchone()
    run = command("run", "start", "--data", data, "--project", project.id, "--workflow", workflow, "--quiet").stdout.strip()
    storage.add_artifact(data, run, "report.txt", "fine")
    return Left(data, project.id, run)


def test_an_artifact_is_saved_under_its_name_or_another(left: Left) -> None:
    folder = installation.private_folder()
    assert left.save("--output", folder) == "" and (folder / "report.txt").read_text() == "fine"
    assert left.save("--output", folder / "other.txt") == "" and (folder / "other.txt").read_text() == "fine"
    assert left.save("--output", "-") == "fine"
    assert "No such file" in left.save("--output", folder / "missing" / "x", code=1)
    assert "No such file" in left.save("--output", f"{folder}/missing/", code=1)
    assert sorted(path.name for path in folder.iterdir()) == ["other.txt", "report.txt"]


def test_all_of_a_runs_artifacts_are_saved_at_once(left: Left) -> None:
    names = sorted(["report.txt", *(f"part-{n:03}.txt" for n in range(130))])  # more than a page of them
    for name in names[:-1]:
        storage.add_artifact(left.data, left.run, name, name)
    folder = installation.private_folder()
    (folder / "part-007.txt").write_text("mine")
    where = [left.run, "--data", left.data, "--project", left.project, "--output"]
    done = command("run", "artifacts", *where, folder, check=False)
    assert done.returncode == 1 and "part-007.txt" not in done.stdout and "--force" in done.stderr, "the others are saved all the same"
    assert sorted(path.name for path in folder.iterdir()) == names and (folder / "part-007.txt").read_text() == "mine"
    assert sorted(command("run", "artifacts", *where, folder, "--force").stdout.split()) == names
    assert (folder / "part-007.txt").read_text() == "part-007.txt" and (folder / "report.txt").read_text() == "fine"
    assert "Not a directory" in command("run", "artifacts", *where, folder / "report.txt", check=False).stderr


def test_nothing_is_replaced_without_force(left: Left) -> None:
    folder = installation.private_folder()
    left.save("--output", folder)
    os.truncate(folder / "report.txt", 0)
    assert "--force" in left.save("--output", folder, code=1) and (folder / "report.txt").read_text() == ""
    left.save("--output", folder, "--force")
    assert (folder / "report.txt").read_text() == "fine" and [path.name for path in folder.iterdir()] == ["report.txt"]


def test_nothing_is_written_through_a_symbolic_link(left: Left) -> None:
    folder, elsewhere = installation.private_folder(), installation.private_folder()
    (elsewhere / "there").write_text("theirs")
    for name, target in (("report.txt", elsewhere / "there"), ("dangling", elsewhere / "gone")):
        (folder / name).symlink_to(target)
        for force in ([], ["--force"]):
            left.save("--output", folder / name, *force, code=1)
    assert [path.read_text() for path in elsewhere.iterdir()] == ["theirs"]


@pytest.mark.parametrize("name", ["../report.txt", ".", "..", "", "report.txt?", "report%2Etxt", "a/b"])
def test_a_name_that_is_none_finds_nothing_and_leaves_nothing(left: Left, name: str) -> None:
    folder = installation.private_folder()
    done = command("run", "artifacts", left.run, name, "--data", left.data, "--project", left.project, "--output", f"{folder}/sub", check=False)
    assert done.returncode == 1 and "has no such artifact" in done.stderr and not list(folder.iterdir())


def test_a_run_s_address_is_printed_and_opened_only_when_asked(left: Left) -> None:
    tools = installation.private_folder()
    (tools / "xdg-open").write_text(f'#!/bin/sh\necho "$1" > {tools}/opened\n')
    (tools / "xdg-open").chmod(0o755)
    env = {"PATH": f"{tools}:{os.environ['PATH']}", "CC_BASE": "https://courier.example.org"}
    address = f"https://courier.example.org/#/runs/{left.run}\n"
    where = ["--data", left.data, "--project", left.project]
    assert command("run", "open", left.run, *where, env=env).stdout == address and not (tools / "opened").exists()
    assert command("run", "open", left.run, "--browser", *where, env=env).stdout == address and (tools / "opened").read_text() == address
    none = command("run", "open", "run_0000000000000000000000", *where, env=env, check=False)
    assert none.returncode == 1 and none.stdout == "" and "NOT_FOUND" in none.stderr
    bare = command("run", "open", left.run, "--browser", *where, env=env | {"PATH": "/nonexistent"}, check=False)
    assert bare.returncode == 1 and "xdg-open" in bare.stderr

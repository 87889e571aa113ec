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

import pytest

import servers
import storage
import world
from world import command

COMMANDS = [
    "init", "serve", "key create", "key list", "key revoke", "key rotate", "key check", "project create", "project list",
    "user add", "user password", "work", "run start", "run list", "run watch", "run cancel", "run retry", "run diff", "doctor", "routes", "openapi", "version",
]  # fmt: skip
KEY = re.compile(r"cc_(live|test)_[0-9A-Za-z]{38}")


@pytest.fixture(scope="module")
def data() -> Path:
    data = world.private_folder() / "data"
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
        return subprocess.run([world.COMMAND, "key", "check", "--data", data], input=text, capture_output=True, text=True, **world.unprivileged())  # type: ignore[call-overload,no-any-return]

    good = check(key + "\n")
    assert good.returncode == 0 and "checked" in good.stdout and key not in good.stdout
    for bad in (key[:-1], key[:-1] + ("0" if key[-1] != "0" else "1"), world.with_checksum("cc_live_" + "A" * 32), "", "x"):
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
    data = world.private_folder() / "data"
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
    assert command("init", "--data", world.private_folder() / "new").stderr == ""


def test_the_unit_without_network_and_namespaces_executes_no_runs() -> None:
    units = world.ROOT / "cgi" / "conf"
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
    process = subprocess.Popen([world.COMMAND, "key", "list", "--data", data], stdout=theirs, stderr=theirs, stdin=subprocess.DEVNULL,
                               env={"PATH": os.environ["PATH"], "TERM": "xterm-256color", "LANG": "C.UTF-8"} | env, **world.unprivileged())  # type: ignore[call-overload]  # fmt: skip
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
    built = os.path.relpath(world.BUILD, world.ROOT)  # as the Makefile has it, which takes no path with a space
    subprocess.run(["make", "--silent", "-o", "all", "install", f"DESTDIR={tmp_path / 'with a space'}", f"B={built}"], cwd=world.ROOT, check=True,
                   capture_output=True, umask=0o077)  # fmt: skip
    installed = tmp_path / "with a space" / "usr" / "local"
    modes = {str(path.relative_to(installed)): path.stat().st_mode & 0o777 for path in installed.rglob("*")}
    assert modes.pop("bin/codecourier") == 0o755 and modes.pop("lib/codecourier/codecourier.cgi") == 0o711
    assert modes["share/codecourier/www/index.html"] == 0o644 and "share/doc/codecourier/conf/htaccess" in modes
    assert set(modes.values()) == {0o755, 0o644}


def test_the_sample_configuration_is_what_settings_prints() -> None:
    assert (servers.CONF / "codecourier.conf").read_text() == command("settings").stdout

"""Cloning and pushing by ssh, with a real sshd on the other side: the project's key opens it and nothing else, and a host that is not who it was gets nothing."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from instance import ROOT, Instance, Json
from test_stages import git

SSHD = shutil.which("sshd", path=os.environ["PATH"] + ":/usr/sbin")
WHO = pwd.getpwuid(os.geteuid()).pw_name
EDIT = "open('a.txt', 'a').write('two\\n')\n"


def make_key(path: Path) -> str:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", path.name, "-f", path], check=True)
    return path.read_text()


class Host:
    """An sshd of this account's own, which lets one key in; and a repository behind it."""

    def __init__(self, instance: Instance) -> None:
        self.instance, self.folder = instance, instance.folder / "host"
        self.folder.mkdir(mode=0o700)
        source, self.repository = instance.folder / "source", self.folder / "repo.git"
        git("init", "--quiet", "-b", "main", str(source), cwd=instance.folder)
        (source / "a.txt").write_text("one\n")
        git("add", ".", cwd=source)
        git("-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "-qm", "first", cwd=source)
        git("clone", "--quiet", "--bare", str(source), str(self.repository), cwd=instance.folder)
        self.key = make_key(self.folder / "project")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self.url = f"ssh://{WHO}@127.0.0.1:{self.port}{self.repository}"
        self.server: subprocess.Popen[bytes] | None = None
        self.start("first")
        instance.programs = ROOT / "build"  # ssh's tunnel is our command under git's limits, which leave a sanitizer no room for its shadow
        instance.conf["privateHosts"] = f"127.0.0.1:{self.port}"

    def start(self, name: str) -> str:
        """With a host key of that name; its public half."""
        self.stop()
        key = self.folder / name
        if not key.exists():
            make_key(key)
        if os.geteuid() == 0:
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
        settings = {
            "ListenAddress": f"127.0.0.1:{self.port}", "HostKey": key, "PidFile": "none", "AuthorizedKeysFile": self.folder / "project.pub", "StrictModes": "no",
            "UsePAM": "no", "PasswordAuthentication": "no", "KbdInteractiveAuthentication": "no", "PermitRootLogin": "prohibit-password", "LogLevel": "VERBOSE",
        }  # fmt: skip
        conf = self.folder / "sshd_config"
        conf.write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
        assert SSHD, "openssh-server is missing"
        with (self.folder / "log").open("ab") as log:
            self.server = subprocess.Popen([SSHD, "-D", "-e", "-f", conf], stderr=log)
        self.instance.wait(self.answers)
        return key.with_suffix(".pub").read_text()

    def answers(self) -> bool:
        with socket.socket() as s:
            return s.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self) -> None:
        if self.server:
            self.server.terminate()
            self.server.wait()

    def log_text(self) -> str:
        return (self.folder / "log").read_text()

    def go(self, **more: object) -> Json:
        self.instance.agent("edit", EDIT)
        run = self.instance.start(self.instance.workflow({"role": "custom", "agent": "edit"}), "live", **({"githubRepoUrl": self.url, "name": "Add two"} | more))
        self.instance.drain()
        return self.instance.finish(run, "live") | {"texts": self.instance.texts(run, "live")}

    def give_key(self, key: str) -> None:
        self.instance.ask("PATCH", "/project/settings", {"envVars": {"GIT_SSH_KEY": key}})


@pytest.fixture
def host(instance: Instance) -> Iterator[Host]:
    made = Host(instance)
    try:
        yield made
    finally:
        made.stop()


@pytest.mark.parametrize("sandbox", ["bubblewrap", "off"])
def test_a_branch_is_pushed_with_the_projects_key(host: Host, sandbox: str) -> None:
    host.instance.conf["sandbox"] = sandbox
    host.give_key(host.key)
    ended = host.go()
    assert ended["status"] == "completed", (ended, host.log_text())
    assert git("show", f"{ended['branchName']}:a.txt", cwd=host.repository) == "one\ntwo\n"
    assert ended["branchName"] and not list(host.instance.data.rglob("key")), "the key stays on the disk"


def test_the_workers_own_keys_agent_and_configuration_are_not_used(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """All three would open the host; the project's key does not."""
    home, agent = host.folder / "home", host.folder / "agent"
    (home / ".ssh").mkdir(parents=True)
    for path in (home / ".ssh" / "id_ed25519", host.folder / "in-agent"):
        make_key(path)
    allowed = host.folder / "project.pub"
    mine = allowed.read_text()
    allowed.write_text("".join(path.with_suffix(".pub").read_text() for path in (home / ".ssh" / "id_ed25519", host.folder / "in-agent")))
    (home / ".ssh" / "config").write_text(f"Host *\n    IdentityFile {home}/.ssh/id_ed25519\n    PermitLocalCommand yes\n    LocalCommand touch {home}/ran\n    ForwardAgent yes\n")
    held = subprocess.Popen(["ssh-agent", "-D", "-a", agent], stdout=subprocess.DEVNULL)
    try:
        host.instance.wait(agent.exists)
        subprocess.run(["ssh-add", "-q", host.folder / "in-agent"], check=True, env=os.environ | {"SSH_AUTH_SOCK": str(agent)})
        monkeypatch.setenv("HOME", str(home))
        monkeypatch.setenv("SSH_AUTH_SOCK", str(agent))
        monkeypatch.setenv("GIT_SSH_COMMAND", f"touch {home}/ran; ssh")
        host.give_key(host.key)
        for sandbox in ("bubblewrap", "off"):
            host.instance.conf["sandbox"] = sandbox
            ended = host.go()
            assert ended["status"] == "failed" and "Permission denied" in ended["error"], (ended, host.log_text())
            assert "Accepted" not in host.log_text() and not (home / "ran").exists(), host.log_text()
            assert "BEGIN OPENSSH" not in str(ended) and host.key.splitlines()[2] not in str(ended)
        allowed.write_text(mine)
        assert host.go()["status"] == "completed"
    finally:
        held.terminate()
        held.wait()


@pytest.mark.parametrize("sandbox", ["bubblewrap", "off"])
def test_a_host_with_another_key_than_before_gets_nothing(host: Host, sandbox: str) -> None:
    host.instance.conf["sandbox"] = sandbox
    host.give_key(host.key)
    assert host.go()["status"] == "completed"
    host.start("second")
    before = host.log_text().count("Accepted")
    ended = host.go()
    assert ended["status"] == "failed" and "Host key verification failed" in ended["error"], ended
    assert host.log_text().count("Accepted") == before, "it was let in, so it was shown who we are"
    host.start("first")
    assert host.go()["status"] == "completed"


@pytest.mark.parametrize("sandbox", ["bubblewrap", "off"])
def test_known_hosts_of_the_operators_are_all_that_there_are(host: Host, sandbox: str) -> None:
    known = host.folder / "known hosts"
    known.write_text("")
    host.instance.conf |= {"sandbox": sandbox, "sshKnownHosts": known}
    host.give_key(host.key)
    ended = host.go()
    assert ended["status"] == "failed" and "Host key verification failed" in ended["error"] and "Accepted" not in host.log_text(), ended
    kind, key = (host.folder / "first.pub").read_text().split()[:2]
    known.write_text(f"[127.0.0.1]:{host.port} {kind} {key}\n")
    assert (ended := host.go())["status"] == "completed", ended


HOOK = r"""#!/bin/sh
printf '\033]0;owned\007\033[2Jno\rYES\033[31m, never\n' >&2
printf 'line one\nFORGED 1970-01-01 codecourier: all is well\n' >&2
exit 1
"""


def test_a_host_that_refuses_a_branch_is_quoted_in_plain_text(host: Host) -> None:
    """Its hook paints, moves the cursor and names the window; what is kept of it as the reason is the line that tells why."""
    hook = host.repository / "hooks" / "pre-receive"
    hook.write_text(HOOK)
    hook.chmod(0o755)
    host.give_key(host.key)
    ended = host.go()
    assert ended["status"] == "failed" and "pre-receive hook declined" in ended["error"], ended
    assert ended["error"].isprintable(), ended
    shown = host.instance.command("run", "watch", ended["id"], "--data", str(host.instance.data), check=False)
    told = shown.stdout + shown.stderr + host.instance.log_text()
    assert "YES" in shown.stdout and not [c for c in told if c not in "\n\t" and not c.isprintable()], told

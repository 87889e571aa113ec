"""An instance with something to steal in it, an agent that tries, and eyes outside that see whether it did."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from instance import BUILD, Instance

HOSTILE = Path(__file__).parent / "hostile"
MADE_UP = 54321  # an account that nobody has
HOME_SECRETS = (
    ".netrc", ".git-credentials", ".npmrc", ".pypirc", ".pgpass", ".bash_history", ".docker/config.json", ".kube/config", ".gnupg/private-keys-v1.d/key",
    ".aws/credentials", ".azure/token", ".config/gh/hosts.yml", ".config/gcloud/credentials.db", ".ssh/id_ed25519", ".claude/.credentials.json",
    ".claude.json", ".codex/auth.json", ".local/share/opencode/auth.json", ".pi/agent/auth.json", ".cargo/credentials.toml", "notes.txt",
)  # fmt: skip

LISTED = ("/root", "/var", "/srv", "/opt", "/mnt", "/boot", "/sys", "/run", "/home", "/var/tmp", "/tmp", "/dev/shm", "/etc/ssl/private", "/etc/ssh")


def settings_known() -> set[str]:
    said = subprocess.run([BUILD / "codecourier", "settings"], capture_output=True, text=True, check=True).stdout
    return {line[1:].split(" = ")[0] for line in said.splitlines() if line.startswith("#") and " = " in line}


class Ears:
    """Listeners on every address of this machine, which count who comes."""

    def __init__(self, folder: Path) -> None:
        self.heard: list[str] = []
        self.sockets: list[socket.socket] = []
        first = self.listen(socket.AF_INET, socket.SOCK_STREAM, ("0.0.0.0", 0))
        self.port = int(first.getsockname()[1])
        self.listen(socket.AF_INET6, socket.SOCK_STREAM, ("::", self.port))
        self.listen(socket.AF_INET, socket.SOCK_DGRAM, ("0.0.0.0", self.port))
        self.abstract = [f"cc-attack-{secrets.token_hex(4)}", f"/tmp/.X11-unix/X9{secrets.randbelow(1000)}", f"/tmp/dbus-{secrets.token_hex(4)}"]
        for name in self.abstract:
            self.listen(socket.AF_UNIX, socket.SOCK_STREAM, "\0" + name)
        self.paths = [str(folder / "socket"), f"/var/tmp/cc-attack-{secrets.token_hex(4)}.sock", f"/tmp/cc-attack-{secrets.token_hex(4)}.sock"]
        for path in self.paths:
            self.listen(socket.AF_UNIX, socket.SOCK_STREAM, path)
            os.chmod(path, 0o777)

    def listen(self, family: int, kind: int, at: Any) -> socket.socket:
        s = socket.socket(family, kind)
        if family == socket.AF_INET6:
            s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        s.bind(at)
        if kind == socket.SOCK_STREAM:
            s.listen(16)
        self.sockets.append(s)
        threading.Thread(target=self.hear, args=(s, kind, str(at)), daemon=True).start()
        return s

    def hear(self, s: socket.socket, kind: int, at: str) -> None:
        while True:
            try:
                if kind == socket.SOCK_STREAM:
                    s.accept()[0].close()
                else:
                    s.sendto(b"heard", s.recvfrom(100)[1])
            except OSError:
                return
            self.heard.append(at)

    def close(self) -> None:
        for s in self.sockets:
            s.shutdown(socket.SHUT_RDWR) if s.type == socket.SOCK_STREAM else None
            s.close()
        for path in self.paths:
            Path(path).unlink(missing_ok=True)


class Place(Instance):
    parent = "/var/tmp"  # not /tmp: what lies there is covered by any sandbox
    tools = "/var/tmp"  # where the agent is installed

    def __init__(self, uid: int | None = None, **settings: object) -> None:
        """uid: of the account that the worker has; None: this one."""
        self.uid = uid
        self.mark = ("secret of the worker ", secrets.token_hex(8))
        self.settings_mark = secrets.token_hex(8)
        self.left_name = f"left-{secrets.token_hex(4)}"
        self.installation = Path(tempfile.mkdtemp(prefix="cc-agent-", dir=self.tools))
        super().__init__(**{name: value for name, value in settings.items() if name in settings_known()})
        self.plant()
        self.ears = Ears(self.folder)
        self.victim = subprocess.Popen([f"victim-{self.left_name}", "600"], executable="/bin/sleep", env={"SECRET": "".join(self.mark)}, **self.account)
        self.install()

    # ---- before

    def settle(self) -> None:
        self.home = self.folder / "home"
        self.outside = self.folder / "outside"  # anybody may write there
        for folder in (self.home, self.outside):
            folder.mkdir()
        self.outside.chmod(0o777)
        if self.uid is None:
            return
        self.account = {"user": self.uid, "group": self.uid, "extra_groups": []}
        self.programs, self.helpers = self.copied(self.programs), self.copied(self.helpers)
        self.folder.chmod(0o755)
        for folder in (self.folder, self.home):
            os.chown(folder, self.uid, self.uid)

    def copied(self, programs: Path) -> Path:
        """Where that account can reach them."""
        folder = Path(tempfile.mkdtemp(prefix="programs-", dir=self.folder))
        for name in ("codecourier", "codecourier.cgi"):
            shutil.copy(programs / name, folder)
        folder.chmod(0o755)
        return folder

    def own(self, path: Path) -> None:
        if self.uid is not None:
            os.chown(path, self.uid, self.uid)

    def put(self, path: Path, mode: int = 0o600) -> str:
        """A secret, as the worker's account would keep it."""
        for folder in reversed([folder for folder in path.parents if not folder.exists()]):
            folder.mkdir(mode=0o755)
            self.own(folder)
        path.write_text("".join(self.mark) + "\n")
        path.chmod(mode)
        self.own(path)
        return str(path)

    def plant(self) -> None:
        text = "".join(self.mark)
        self.environment |= {"HOME": str(self.home), "AWS_SECRET_ACCESS_KEY": text, "PLANTED": text, "PGPASSWORD": text}
        planted = [self.put(self.home / name, 0o644) for name in HOME_SECRETS]
        for name in ("repos/x/HEAD", "repos/prj_other/x/config", "homes/prj_other/.claude/settings.json", "runs/run_other/work/source.c"):
            planted.append(self.put(self.data / name, 0o644))
        planted.append(self.put(self.folder / "data-too" / "codecourier.db-key", 0o644))
        planted.append(self.put(self.folder / "backup" / "codecourier.db", 0o644))
        self.secrets = planted
        self.files = planted + [str(self.data / f"codecourier{name}") for name in (".db", ".db-key", ".db-hot", ".db-wal", ".conf")]

    def install(self) -> None:
        """The agent, and what it knows: more than an attacker ever would."""
        for file in HOSTILE.iterdir():
            if file.suffix != ".c":
                shutil.copy(file, self.installation)
        subprocess.run(["gcc", "-D_GNU_SOURCE", "-O1", "-o", self.installation / "hostile", HOSTILE / "hostile.c"], check=True)
        (self.installation / "targets.json").write_text(json.dumps(self.targets(), indent=1))
        for path in (self.installation, *self.installation.iterdir()):
            path.chmod(0o755)
            self.own(path)
        for name in ("hostile.py", "glutton.py"):
            self.conf[f"agent.{name[:-3]}"] = f"{self.installation / name} {{prompt}}"
        self.conf["sandboxPaths"] = self.installation
        self.write_conf()

    def targets(self) -> dict[str, Any]:
        own = subprocess.run(["hostname", "-I"], capture_output=True, text=True).stdout.split()
        servers = [line.split()[1] for line in Path("/etc/resolv.conf").read_text().splitlines() if line.startswith("nameserver")]
        return {
            "mark": self.mark, "settings_mark": self.settings_mark, "left_name": self.left_name, "files": self.files,
            "folders": [str(path) for path in (self.folder, self.home, self.data, self.data / "runs", self.data / "repos", self.data / "homes")],
            "writes": [*self.files, str(self.outside / "cc-pwned"), str(self.data / "cc-pwned"), str(self.home / "cc-pwned")],
            "writable": [str(self.outside), str(self.home), str(self.data)], "host_paths": [str(self.data), str(self.home)],
            "victim": self.victim.pid, "victim_name": f"victim-{self.left_name}", "worker_parent": os.getpid(),
            "port": self.ears.port, "abstract": self.ears.abstract, "sockets": self.ears.paths, "own": own,
            "nameservers": [(server, 53) for server in servers], "hostname": socket.gethostname(), "node": shutil.which("node"),
            "host_listing": {path: os.listdir(path) for path in LISTED if Path(path).is_dir()}, "listed": self.conf.get("egress", "list") == "list",
        }  # fmt: skip

    # ---- during

    def project(self, name: str) -> str:
        """Another project, and a key of it; its mode by which `ask` goes."""
        made = json.loads(self.helper("project", "create", "--data", str(self.data), "--name", name, "--json"))
        self.keys[name] = self.helper("key", "create", "--data", str(self.data), "--project", made["id"], "--name", name, "--scopes",
                                      "runs:write,workflows:write", "--rate-limit", "1000000", "--quiet")  # fmt: skip
        return name

    def begin(self, agent: str, words: str, key: str, **more: object) -> str:
        """A run of that agent, which waits for a worker."""
        step = {"role": "custom", "agent": agent, "instructions": words}
        return self.start(str(self.ask("POST", "/workflows", {"name": "Flow", "steps": [step]}, mode=key)["data"]["id"]), key, **more)

    def attack(self, agent: str, words: str = "go", key: str = "live", **more: object) -> tuple[dict[str, Any], list[str]]:
        """The run as it ended, and all lines that the agent wrote."""
        run = self.begin(agent, words, key, **more)
        self.drain()
        return self.finish(run, key), self.texts(run, key)

    # ---- behind

    def harm(self) -> list[str]:
        """What happened outside though it should not have."""
        found = [f"somebody came to {at}" for at in dict.fromkeys(self.ears.heard)]
        if self.victim.poll() is not None:
            found.append("the victim is dead")
        for folder in (self.outside, self.home, self.data, Path("/"), Path("/etc"), Path("/usr/bin"), Path("/usr/lib"), Path("/dev"), Path("/tmp"), self.installation):
            found += [str(path) for path in folder.glob("cc-pwned*")]
        found += [f"{path} was changed" for path in self.secrets if Path(path).read_text() != "".join(self.mark) + "\n"]
        if os.geteuid() == 0:  # whoever the agent was, it was not root
            found += [f"root owns {path}" for path in self.data.glob("runs/run_0*/work/*") if path.lstat().st_uid == 0]
        return found + [f"process {pid} is left" for pid in self.left()]

    def left(self) -> list[int]:
        """Processes that the agent left behind; they have a moment to be gone."""
        until = time.monotonic() + 10
        while True:
            found = []
            for path in Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    if path.read_bytes().startswith(self.left_name.encode()):
                        found.append(int(path.parent.name))
                except OSError:
                    pass
            if not found or time.monotonic() > until:
                return found
            time.sleep(0.05)

    def close(self) -> None:
        for pid in self.left():
            os.kill(pid, 9)
        self.victim.kill()
        self.victim.wait()
        self.ears.close()
        shutil.rmtree(self.installation, ignore_errors=True)
        super().close()

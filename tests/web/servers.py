"""Every way a request can reach the core, each behind the same three words: start, send, stop.

The web servers are the real ones, with the configurations of cgi/conf/, run as private instances: own folder, own process
ids, a free port on the loopback interface.  Started by root they run under an account without rights, as they would in earnest.
"""

from __future__ import annotations

import contextlib
import dataclasses
import grp
import http.client
import os
import pwd
import re
import shutil
import signal
import socket
import struct
import subprocess
import time
from pathlib import Path

import installation
import postgres
from installation import private_folder, unprivileged
from transcript import Answer, Request, cgi_variables, parse_cgi

CONF = installation.ROOT / "cgi" / "conf"
WORKERS = 4


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def find(program: str) -> str:
    found = shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
    assert found, f"{program} is not installed: tests/packages test"
    return found


def over_http(port: int, request: Request, timeout: float = 60) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.putrequest(request.method, request.path, skip_accept_encoding=True)
        connection.putheader("Connection", "close")
        for name, value in request.headers:
            connection.putheader(name, value.encode("latin-1", "replace") if isinstance(value, str) else value)
        if request.body or request.length is not None or request.method in ("POST", "PATCH"):
            connection.putheader("Content-Length", str(len(request.body) if request.length is None else request.length))
        try:
            connection.endheaders(request.body or None)
        except (BrokenPipeError, ConnectionResetError):
            pass  # answered before the body was all sent; the answer is there to read
        response = connection.getresponse()
        return Answer(response.status, response.getheaders(), response.read())
    finally:
        connection.close()


class Transport:
    """A running way in.  `data` is the data directory behind it."""

    http = True
    prefix = ""
    web = installation.WEB

    def __init__(self) -> None:
        self.folder = private_folder()
        self.data = self.folder / "data"
        self.processes: list[subprocess.Popen[bytes]] = []
        self.port = 0

    def init_options(self) -> list[str]:
        """What `codecourier init` is told of the place of the data."""
        return []

    def start(self) -> None:
        raise NotImplementedError

    def send(self, request: Request) -> Answer:
        return over_http(self.port, dataclasses.replace(request, path=self.prefix + request.path))

    def spawn(self, *arguments: str | Path, env: dict[str, str] | None = None, **more: object) -> subprocess.Popen[bytes]:
        log = open(self.folder / f"{Path(arguments[0]).name}.log", "ab")
        process: subprocess.Popen[bytes] = subprocess.Popen(
            [str(argument) for argument in arguments],
            stdin=more.pop("stdin", subprocess.DEVNULL),  # type: ignore[arg-type]
            stdout=more.pop("stdout", log),  # type: ignore[arg-type]
            stderr=log,
            cwd=self.folder,
            env={"PATH": os.environ["PATH"] + ":/usr/sbin", "HOME": str(self.folder), "LANG": "C.UTF-8"} | (env or {}),
            start_new_session=True,
            **unprivileged(),  # type: ignore[arg-type]
        )
        log.close()
        self.processes.append(process)
        return process

    def logs(self) -> str:
        return "\n".join(f"== {log.name}\n{log.read_text(errors='replace')[-4000:]}" for log in self.folder.glob("*log"))

    def wait_until_up(self, timeout: float = 60) -> None:
        end = time.monotonic() + timeout
        last: object = None
        while time.monotonic() < end:
            for process in self.processes:
                assert process.poll() is None, f"{self.processes[0].args} ended with {process.returncode}\n{self.logs()}"
            try:
                last = over_http(self.port, Request("GET", f"{self.prefix}/api/v1/health"), timeout=5)
                if last.status == 200:
                    return
            except OSError as error:
                last = error
            except http.client.HTTPException as error:
                last = error
            time.sleep(0.05)
        raise AssertionError(f"{type(self).__name__} does not come up: {last}\n{self.logs()}")

    def programs(self) -> list[tuple[int, bytes]]:
        """Process id and environment of all that runs codecourier.cgi of this folder."""
        found = []
        for path in Path("/proc").iterdir():
            if path.name.isdigit():
                with contextlib.suppress(OSError):
                    if os.readlink(path / "exe").startswith(f"{self.folder}/"):
                        found.append((int(path.name), (path / "environ").read_bytes()))
        return found

    def warm(self) -> list[int]:
        """What plain CGI has left behind."""
        return [pid for pid, environment in self.programs() if b"CODECOURIER_WARM=" in environment]

    def stop_warm(self) -> None:
        """Those that are only just becoming one included."""
        end = time.monotonic() + 60
        while left := self.programs():
            assert time.monotonic() < end, f"{left} did not end when asked to"
            for pid, _ in left:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGTERM)
            time.sleep(0.02)

    def stop(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                raise AssertionError(f"{process.args} did not end when asked to") from None
            if process.stdin:
                process.stdin.close()
            if process.stdout:
                process.stdout.close()
        self.stop_warm()
        shutil.rmtree(self.folder, ignore_errors=True)

    def configure(self, name: str, **values: object) -> Path:
        """A file of cgi/conf/ with its @WORDS@ replaced."""
        text = (CONF / name).read_text(encoding="utf-8")
        common: dict[str, object] = {
            "BIND": "127.0.0.1", "PORT": self.port, "PROGRAM": self.program(), "DATA": self.data, "WORKERS": WORKERS,
            "SOCKET": self.folder / "cc.socket", "RUN": self.make("run"), "WWW": self.make("www"), "DOCS": self.make("docs"),
        }  # fmt: skip
        for word, value in (common | values).items():
            text = text.replace(f"@{word}@", str(value))
        left = sorted(set(re.findall(r"^[^#\n]*?(@[A-Z_]+@)", text, re.MULTILINE)))
        assert not left, f"{name}: nothing for {left}"
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        path.chmod(0o644)
        return path

    def make(self, name: str) -> Path:
        folder = self.folder / name
        if not folder.is_dir():
            folder.mkdir()
            if os.geteuid() == 0:
                nobody = pwd.getpwnam("nobody")
                os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        return folder

    def program(self) -> Path:
        """codecourier.cgi in a folder of its own, with the file beside it that names the data directory."""
        folder = self.make("cgi-bin")
        program = folder / "codecourier.cgi"
        if not program.exists():
            shutil.copyfile(self.web, program)
            program.chmod(0o711)  # as it is installed: to be run, not to be read
            (folder / "codecourier.path").write_text(f"{self.data}\n")
        return program


class Core(Transport):
    """No web at all: requests go straight into the library."""

    http = False
    environment: dict[str, str] = {}

    def start(self) -> None:
        self.player = self.spawn(installation.PLAY, self.data, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=self.environment)

    def send(self, request: Request, shift_ms: int | None = None, remote_addr: str = "127.0.0.1") -> Answer:
        variables = cgi_variables(request, remote_addr)
        if not remote_addr:
            del variables["REMOTE_ADDR"]
        if shift_ms is not None:
            variables["CLOCK_SHIFT_MS"] = str(shift_ms)
        text = b"".join(f"{name}\0{value}\0".encode("latin-1", "replace") for name, value in variables.items())
        stdin, stdout = self.player.stdin, self.player.stdout
        assert stdin and stdout
        try:
            stdin.write(f"{len(text)} {len(request.body)}\n".encode() + text + request.body)
            stdin.flush()
        except BrokenPipeError:
            pass  # said below
        sizes = stdout.readline().split()
        assert len(sizes) == 2, f"the player ended: {self.player.wait()}\n{self.logs()}"
        head = stdout.read(int(sizes[0]))
        return parse_cgi(head, stdout.read(int(sizes[1])))

    def stop_player(self) -> None:
        """End it, so that another one may be started on the same data."""
        assert self.player.stdin
        self.player.stdin.close()
        assert self.player.wait(20) == 0, self.logs()
        self.processes.remove(self.player)

    def stop(self) -> None:
        for player in self.processes:
            assert player.stdin
            try:
                player.stdin.close()
            except BrokenPipeError:
                pass
            code = player.wait(20)
            assert code == 0, f"the player ended with {code}\n{self.logs()}"
        super().stop()


class Still(Core):
    """One whose time of day stands until a test moves it: a bucket has what was put into it, however slow the machine."""

    environment = {"CC_TEST_STILL": "1"}


class OnPostgres(Transport):
    """With the data on a PostgreSQL server."""

    def init_options(self) -> list[str]:
        return ["--database", postgres.server().new_database()]


class CorePostgres(OnPostgres, Core):
    pass


class OnPooler(Transport):
    """The same, by a pooler that gives each transaction another connection."""

    def init_options(self) -> list[str]:
        return ["--database", postgres.pooler().address(postgres.server().new_database())]


class CorePooler(OnPooler, Core):
    pass


class Cgi(Transport):
    """codecourier.cgi run directly, as RFC 3875 has it: variables, standard input, standard output."""

    http = False

    def start(self) -> None:
        self.program()

    def send(self, request: Request, env: dict[str, str] | None = None) -> Answer:
        done = subprocess.run(
            [self.program()],
            input=request.body,
            capture_output=True,
            timeout=60,
            cwd=self.folder / "cgi-bin",
            env={"PATH": "/usr/bin:/bin"} | {k: v.encode("latin-1", "replace") for k, v in cgi_variables(request).items()} | (env or {}),  # type: ignore[dict-item]
            **unprivileged(),  # type: ignore[call-overload]
        )
        with open(self.folder / "cgi.log", "ab") as log:
            log.write(done.stderr)
        assert done.returncode == 0, f"codecourier.cgi ended with {done.returncode}: {done.stderr.decode(errors='replace')}"
        head, separator, body = done.stdout.partition(b"\r\n\r\n")
        assert separator, f"no end of the head: {done.stdout[:500]!r}"
        return parse_cgi(head + separator, body)


class Fastcgi(Transport):
    """FastCGI workers of ours, asked directly over their socket by the smallest FastCGI client there can be."""

    http = False
    workers = 2
    holds = False  # may a worker be given a request while the one before waits for events?

    def start(self) -> None:
        self.socket = self.folder / "direct.socket"
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(self.socket))
        self.listener.listen(128)
        for _ in range(self.workers):
            self.spawn(self.program(), stdin=self.listener, env={"CODECOURIER_HOLD": "1"} if self.holds else {})

    def connect(self, request: Request, keep: bool = False) -> socket.socket:
        """Send everything up to the body."""
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(60)
        connection.connect(str(self.socket))
        parameters = b""
        for name, value in cgi_variables(request).items():
            pair = name.encode(), value.encode("latin-1", "replace")
            parameters += b"".join(struct.pack(">B", len(x)) if len(x) < 128 else struct.pack(">I", len(x) | 1 << 31) for x in pair) + b"".join(pair)
        connection.sendall(self.record(1, struct.pack(">HB5x", 1, int(keep))))
        for i in range(0, len(parameters), 60000):
            connection.sendall(self.record(4, parameters[i : i + 60000]))
        connection.sendall(self.record(4, b""))
        return connection

    @staticmethod
    def record(kind: int, content: bytes) -> bytes:
        return struct.pack(">BBHHBx", 1, kind, 1, len(content), 0) + content

    def send_body(self, connection: socket.socket, body: bytes, end: bool = True) -> None:
        for i in range(0, len(body), 60000):
            connection.sendall(self.record(5, body[i : i + 60000]))
        if end:
            connection.sendall(self.record(5, b""))

    def receive(self, connection: socket.socket) -> Answer:
        out, raw = b"", connection.makefile("rb")
        while True:
            head = raw.read(8)
            assert len(head) == 8, f"the connection ended early after {len(out)} bytes"
            _, kind, _, size, padding = struct.unpack(">BBHHBx", head)
            content = raw.read(size)
            raw.read(padding)
            if kind == 6:
                out += content
            elif kind == 3:
                break
        connection.close()
        head, separator, body = out.partition(b"\r\n\r\n")
        return parse_cgi(head + separator, body)

    def send(self, request: Request) -> Answer:
        connection = self.connect(request)
        try:
            self.send_body(connection, request.body)
        except (BrokenPipeError, ConnectionResetError):
            pass
        return self.receive(connection)

    def stop(self) -> None:
        self.listener.close()
        super().stop()


class Serve(Transport):
    """What `make run` starts: `codecourier serve`, which is lighttpd with FastCGI workers."""

    slots = 0

    def start(self) -> None:
        self.port = free_port()
        self.spawn(installation.COMMAND, "serve", "--data", self.data, "--port", str(self.port), "--slots", str(self.slots))
        self.wait_until_up()

    def web_server(self) -> int:
        """The process id of lighttpd; 0: there is none just now."""
        return next((pid for pid in descendants(self.processes[0].pid) if executable(pid) == "lighttpd"), 0)

    def workers(self) -> list[int]:
        """The process ids of the FastCGI workers."""
        return [pid for pid in descendants(self.processes[0].pid) if executable(pid) == "codecourier.cgi"]


def descendants(pid: int) -> list[int]:
    found: list[int] = []
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return found
    for child in map(int, children):
        found += [child, *descendants(child)]
    return found


def executable(pid: int) -> str:
    try:
        return Path(os.readlink(f"/proc/{pid}/exe")).name.removesuffix(" (deleted)")
    except OSError:
        return ""


class LighttpdFastcgi(Transport):
    """The same by hand: lighttpd with the configuration from cgi/conf/."""

    conf = "lighttpd-fastcgi.conf"

    def start(self) -> None:
        self.port = free_port()
        self.spawn(find("lighttpd"), "-D", "-f", self.configure(self.conf))
        self.wait_until_up()


class LighttpdCgi(LighttpdFastcgi):
    conf = "lighttpd-cgi.conf"
    web = installation.PLAIN_WEB


def apache_modules() -> Path:
    return next(folder for folder in map(Path, ("/usr/lib/apache2/modules", "/usr/lib64/httpd/modules")) if folder.is_dir())


def apache_server(transport: Transport, site: Path) -> Path:
    """A whole configuration around one site."""
    account = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    return transport.configure("apache-server.conf", MODULES=apache_modules(), USER=account.pw_name, GROUP=grp.getgrgid(account.pw_gid).gr_name, SITE=site)


class Apache(Transport):
    """Apache with one of the configurations from cgi/conf/."""

    conf = ""
    web = installation.PLAIN_WEB

    def site(self) -> Path:
        return self.configure(self.conf)

    def before(self) -> None:
        """What has to run before Apache does."""

    def start(self) -> None:
        self.port = free_port()
        self.before()
        self.spawn(find("apache2"), "-f", apache_server(self, self.site()), "-D", "FOREGROUND")
        self.wait_until_up()

    def logs(self) -> str:
        errors = self.folder / "run" / "error.log"
        return super().logs() + (errors.read_text(errors="replace")[-4000:] if errors.exists() else "")


class ApacheProxyFcgi(Apache):
    conf = "apache-proxy-fcgi.conf"

    def before(self) -> None:
        socket_path = self.folder / "cc.socket"
        self.spawn(installation.HELPER, "serve", "--data", self.data, "--socket", socket_path, "--slots", "0")
        end = time.monotonic() + 60
        while not socket_path.exists():
            assert time.monotonic() < end, self.logs()
            time.sleep(0.05)


class ApacheFcgid(Apache):
    conf = "apache-fcgid.conf"


class ApacheCgid(Apache):
    conf = "apache-cgid.conf"


class ApacheHtaccess(Apache):
    """A web space in which nothing but one folder is ours."""

    prefix = "/some/folder"
    below = "some/folder"  # of the space
    more = ""  # of the server's configuration

    def site(self) -> Path:
        space = self.make("space")
        folder = space / self.below
        folder.mkdir(parents=True)
        shutil.copyfile(CONF / "htaccess", folder / ".htaccess")
        for file in self.program().parent.iterdir():
            shutil.copy(file, folder)
        site = self.folder / "site.conf"
        site.write_text(
            f"Listen 127.0.0.1:{self.port}\nDocumentRoot {space}\n<Directory {space}>\n"
            "Require all granted\nAllowOverride FileInfo Options=ExecCGI\n</Directory>\n" + self.more.format(space=space, modules=apache_modules())
        )
        return site


class ApacheUserdir(ApacheHtaccess):
    """A folder in the space that mod_userdir gives an account of the machine."""

    prefix = "/~ada/cc"
    below = "ada/public_html/cc"
    more = "LoadModule userdir_module {modules}/mod_userdir.so\nUserDir {space}/*/public_html\n"


TRANSPORTS: dict[str, type[Transport]] = {
    "core": Core,
    "core-postgres": CorePostgres,
    "core-pgbouncer": CorePooler,
    "cgi": Cgi,
    "fastcgi": Fastcgi,
    "serve": Serve,
    "lighttpd-fastcgi": LighttpdFastcgi,
    "lighttpd-cgi": LighttpdCgi,
    "apache-proxy-fcgi": ApacheProxyFcgi,
    "apache-fcgid": ApacheFcgid,
    "apache-cgid": ApacheCgid,
    "apache-htaccess": ApacheHtaccess,
}

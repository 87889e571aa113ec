"""Read a transcript and play it: the tests that read like the manual.

    # A comment: what the next exchange shows.
    > METHOD /path               the request line
    > Header: value              a header; "Content-Type:" with nothing behind it leaves out the one a body brings
    > {"json": "body"}           a body; it may go on over several lines
    > @raw "not JSON\\xff"        a piece of a body byte by byte, with Python's escapes
    > @repeat 1000 "x"           a piece of a body, many times
    > @length 5000               announce this many bytes, whatever is sent
    > @times 30                  play the exchange so often; {n} counts from 1
    > @until 30                  ask again, so often at most, until the answer has the status that is expected: for
                                 what comes back with time, such as a limit, on machines of any speed
    ! artifact {run} a.txt fine  before the next request, let an agent of the run have left a file of that name and text
    ! pull {run} 7 success       before the next request, let a run have opened that pull request, whose checks came to that
    ! branch {run} cc/run-7      before the next request, let a run have made and pushed that branch; one without cc/ was there before
    ! question {run} Why?        before the next request, let that session have asked that question
    ! candidates {run} undecided  before the next request, let the run's group of candidates be in that state, and its runs be over
    ! run {run} running          before the next request, let a run's status be this one, as a worker would have set it
    < 200                        the status
    < Header: value              a header of the answer; * stands for any text, \\* for a star
    < = fine                     the body is this text, and no JSON
    < !Header                    a header that must not be there
    < {"json": "answer"}         the body, all of it; "*" stands for any value, "run_*" for texts that begin so,
                                 a member "..." for further members, a last element "..." for further elements
    <= name data.id              keep a value of the answer; {name} stands for it from here on

{names} that nobody kept, and that a Script does not give, come from the instance: keys such as {admin}, made when first asked for.

What the contract promises of every answer is checked on every answer, without a line in the transcript.
"""

from __future__ import annotations

import ast
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import storage

NAME = re.compile(r"\{([a-z][a-z0-9_]*)\}")
UUID4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
Json = dict[str, Any]
RETRYABLE = {"IDEMPOTENCY_IN_PROGRESS", "RATE_LIMITED", "INTERNAL", "UNAVAILABLE"}
STATUS_OF = {
    "VALIDATION": 400, "AUTH_MISSING": 401, "AUTH_INVALID": 401, "SCOPE_DENIED": 403, "FORBIDDEN": 403, "NOT_FOUND": 404,
    "METHOD_NOT_ALLOWED": 405, "CONFLICT": 409, "IDEMPOTENCY_MISMATCH": 409, "IDEMPOTENCY_IN_PROGRESS": 409,
    "PRECONDITION_FAILED": 412, "PAYLOAD_TOO_LARGE": 413, "URI_TOO_LONG": 414, "UNSUPPORTED_MEDIA_TYPE": 415, "HEADERS_TOO_LARGE": 431, "RATE_LIMITED": 429,
    "INTERNAL": 500, "UNAVAILABLE": 503,
}  # fmt: skip


@dataclass
class Request:
    method: str
    path: str
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""
    length: int | None = None  # announced in place of the true one

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


@dataclass
class Answer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def __str__(self) -> str:
        lines = [str(self.status), *(f"{name}: {value}" for name, value in self.headers), "", self.body[:3000].decode(errors="replace")]
        return "\n".join(lines)


Send = Callable[[Request], Answer]


class Instance(Protocol):
    def __call__(self, name: str) -> str:
        """The value of a name that no answer gave, such as a key."""

    data: Path

    def set_run(self, run: str, status: str) -> None:
        """Do to a run what a worker does."""


@dataclass
class Exchange:
    line: int
    comment: str
    asked: list[str]
    expected: list[str]
    kept: list[tuple[str, str]]
    before: list[str]  # what a worker does first

    @property
    def method(self) -> str:
        return self.asked[0].split(" ", 1)[0]

    @property
    def path(self) -> str:
        return self.asked[0].split(" ", 1)[1]

    @property
    def status(self) -> int:
        return int(self.expected[0])


@dataclass
class Script:
    """A transcript, with what stands in it for names that are known before it is played."""

    name: str
    path: Path
    values: dict[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return NAME.sub(lambda match: self.values.get(match[1], match[0]), self.path.read_text(encoding="utf-8"))


def read(script: Script | Path) -> list[Exchange]:
    script = Script(script.stem, script) if isinstance(script, Path) else script
    path = script.path
    exchanges: list[Exchange] = []
    comment: list[str] = []
    before: list[str] = []
    current: Exchange | None = None
    for number, line in enumerate(script.text.splitlines(), 1):
        if line.startswith("#"):
            current = None
            comment.append(line[1:].strip())
        elif line.startswith("! "):
            current = None
            before.append(line[2:])
        elif line.startswith("> "):
            if current is None or current.expected:
                current = Exchange(number, " ".join(comment), [], [], [], before)
                comment, before = [], []
                exchanges.append(current)
            current.asked.append(line[2:])
        elif line.startswith("<= "):
            assert current is not None, f"{path.name}:{number}: nothing to keep from"
            name, _, where = line[3:].partition(" ")
            current.kept.append((name, where))
        elif line.startswith("< "):
            assert current is not None, f"{path.name}:{number}: an answer without a request"
            current.expected.append(line[2:])
        else:
            assert not line.strip(), f"{path.name}:{number}: neither comment, request nor answer: {line}"
    for exchange in exchanges:
        assert exchange.expected, f"{path.name}:{exchange.line}: no answer"
    return exchanges


class Mismatch(AssertionError):
    pass


def matches(want: Any, got: Any, where: str = "") -> None:
    """Raise Mismatch unless `got` is what the transcript wants."""
    if want == "*":
        return
    if isinstance(want, dict):
        if not isinstance(got, dict):
            raise Mismatch(f"{where or 'body'}: wanted an object, got {got!r}")
        for name, value in want.items():
            if name == "...":
                continue
            if name not in got:
                raise Mismatch(f"{where}.{name} is missing; there are {sorted(got)}")
            matches(value, got[name], f"{where}.{name}")
        extra = set(got) - set(want)
        if extra and "..." not in want:
            raise Mismatch(f"{where or 'body'} has more members: {sorted(extra)}")
    elif isinstance(want, list):
        if not isinstance(got, list):
            raise Mismatch(f"{where}: wanted a list, got {got!r}")
        more = bool(want) and want[-1] == "..."
        items = want[:-1] if more else want
        if len(got) < len(items) or (len(got) > len(items) and not more):
            raise Mismatch(f"{where}: wanted {len(items)} elements, got {len(got)}: {str(got)[:500]}")
        for index, value in enumerate(items):
            matches(value, got[index], f"{where}[{index}]")
    elif isinstance(want, str) and "*" in want and isinstance(got, str):
        parts = [re.escape(part.replace("\\*", "*")) for part in re.split(r"(?<!\\)\*", want)]
        if not re.fullmatch(".*".join(parts), got, re.DOTALL):
            raise Mismatch(f"{where}: wanted {want!r}, got {got!r}")
    elif want != got or isinstance(want, bool) != isinstance(got, bool):
        raise Mismatch(f"{where}: wanted {want!r}, got {got!r}")


def pick(value: Any, where: str) -> Any:
    for step in where.split("."):
        value = value[int(step)] if isinstance(value, list) else value[step]
    return value


def quoted(text: str) -> bytes:
    value = ast.literal_eval(text)
    assert isinstance(value, str)
    return value.encode("latin-1")


def build(exchange: Exchange, fill: Callable[[str], str]) -> Request:
    request = Request(exchange.method, fill(exchange.path))
    for index, line in enumerate(exchange.asked[1:], 1):
        if line.startswith("@raw "):
            request.body += quoted(fill(line[5:]))
        elif line.startswith("@repeat "):
            times, _, text = line[8:].partition(" ")
            request.body += int(times) * quoted(text)
        elif line.startswith("@length "):
            request.length = int(line[8:])
        elif line.startswith(("@times ", "@until ")):
            pass
        elif re.match(r"[A-Za-z][A-Za-z0-9-]*:", line):
            name, _, value = line.partition(":")
            request.headers.append((name, fill(value.strip())))
        else:
            request.body += fill("\n".join(exchange.asked[index:])).encode()
            break
    if request.body and request.header("Content-Type") is None:
        request.headers.append(("Content-Type", "application/json"))
    request.headers = [(name, value) for name, value in request.headers if not (name.lower() == "content-type" and value == "")]
    return request


def from_problem(problem: Json, status: int) -> Json:
    """What the envelope would have said; the members of RFC 9457 agree with it and with the answer."""
    error = dict(problem)
    kind, title, said, detail, instance = (error.pop(name) for name in ("type", "title", "status", "detail", "instance"))
    assert kind.endswith("/docs/en/errors.html#error-" + error["code"].lower().replace("_", "-")) and title and said == status
    assert instance == "urn:uuid:" + error["requestId"]
    return error | {"message": detail}


def promises(request: Request, answer: Answer) -> None:
    """What the contract says of every answer."""
    identity = answer.header("X-Request-ID")
    assert identity and UUID4.fullmatch(identity), f"X-Request-ID is {identity!r}"
    names = [name.lower() for name, _ in answer.headers]
    for single in ("content-type", "x-request-id", "etag", "retry-after", "content-length", "www-authenticate"):
        assert names.count(single) <= 1, f"{single} was sent twice"
    if request.method == "HEAD" or answer.status in (204, 304) or (answer.status == 202 and not answer.body):
        assert answer.body == b"", "a body where none belongs"
        return
    if (answer.header("Content-Disposition") or "").startswith("attachment"):
        assert answer.status == 200 and answer.header("X-Content-Type-Options") == "nosniff"
        return
    if (answer.header("Content-Type") or "").startswith("text/plain; version=0.0.4"):  # GET /metrics
        assert answer.status == 200
        return
    body = answer.json
    if answer.header("Content-Type") == "application/problem+json":
        body = {"error": from_problem(body, answer.status)}
    else:
        assert (answer.header("Content-Type") or "").startswith("application/json"), f"Content-Type is {answer.header('Content-Type')!r}"
    if answer.status < 400 or "jsonrpc" in body:  # whose errors have a form of their own
        return
    error = body["error"]
    if isinstance(error, str):
        assert request.header("X-API-Version") == "1", "the legacy envelope, unasked"
        assert answer.header("Deprecation") and answer.header("Sunset")
        return
    assert set(error) <= {"code", "message", "requestId", "field", "retryable"}, f"error has {sorted(error)}"
    assert error["requestId"] == identity, "error.requestId is not X-Request-ID"
    assert STATUS_OF[error["code"]] == answer.status, f"{error['code']} with {answer.status}"
    assert error.get("retryable", "absent") == (True if error["code"] in RETRYABLE else "absent"), "retryable"
    assert ("field" in error) <= (error["code"] in ("VALIDATION", "CONFLICT")), "field on another error than VALIDATION and CONFLICT"
    if answer.status == 401 or error["code"] == "SCOPE_DENIED":
        challenge = answer.header("WWW-Authenticate") or ""
        assert challenge.startswith('Bearer realm="codecourier"'), f"WWW-Authenticate is {challenge!r}"
        wanted = {"AUTH_MISSING": "", "AUTH_INVALID": 'error="invalid_token"', "SCOPE_DENIED": 'error="insufficient_scope"'}[error["code"]]
        assert wanted in challenge and (wanted or "error=" not in challenge), f"WWW-Authenticate is {challenge!r}"
    if answer.status == 409:
        final = error["code"] != "IDEMPOTENCY_IN_PROGRESS"
        assert (answer.header("x-should-retry") == "false") == final, "x-should-retry"
    if answer.status in (429, 503) or error["code"] == "IDEMPOTENCY_IN_PROGRESS":
        assert int(answer.header("Retry-After") or 0) >= 1, "Retry-After"
    for leak in ("sqlite", "SELECT ", "INSERT ", "/home/", "/tmp/", "/var/", "cc_live_", "cc_test_"):
        assert leak not in error["message"], f"the message leaks: {error['message']}"
    if answer.status == 405:
        assert answer.header("Allow"), "405 without Allow"


def check(exchange: Exchange, answer: Answer, fill: Callable[[str], str]) -> None:
    assert answer.status == exchange.status, f"wanted {exchange.status}, got {answer.status}"
    for index, line in enumerate(exchange.expected[1:], 1):
        if line.startswith("= "):
            assert answer.body == fill(line[2:]).encode(), f"wanted {line[2:]!r}, got {answer.body!r}"
        elif line.startswith("!"):
            assert answer.header(line[1:].strip()) is None, f"{line[1:]} is there: {answer.header(line[1:].strip())}"
        elif match := re.match(r"([A-Za-z][A-Za-z0-9-]*): ?(.*)", line):
            got = answer.header(match[1])
            assert got is not None, f"{match[1]} is missing"
            matches(fill(match[2]), got, match[1])
        else:
            matches(json.loads(fill("\n".join(exchange.expected[index:]))), answer.json)
            break


def play(script: Script | Path, send: Send, instance: Instance, seen: Callable[[Exchange, Request], None] | None = None) -> None:
    """Play one; `instance` gives a name's value, `seen` is told of each exchange that went well."""
    kept: dict[str, str] = {}
    title = script.name
    for exchange in read(script):
        times = next((int(line[7:]) for line in exchange.asked if line.startswith("@times ")), 1)
        tries = next((int(line[7:]) for line in exchange.asked if line.startswith("@until ")), 1)
        for n in range(1, times + 1):
            kept["n"] = str(n)

            def fill(text: str) -> str:
                return NAME.sub(lambda match: kept[match[1]] if match[1] in kept else instance(match[1]), text)

            for deed in exchange.before:
                kind, run, *what = fill(deed).split()
                if kind == "run":
                    instance.set_run(run, *what)
                elif kind == "artifact":
                    storage.add_artifact(instance.data, run, *what)
                elif kind == "question":
                    storage.add_question(instance.data, run, *what)
                elif kind == "candidates":
                    storage.set_candidates(instance.data, run, *what)
                elif kind == "branch":
                    storage.add_branch(instance.data, run, *what)
                else:
                    assert kind == "pull", f"{title}:{exchange.line}: ! {deed}"
                    storage.add_pull(instance.data, run, *what)
            request = build(exchange, fill)
            answer = send(request)
            for _ in range(1, tries):
                if answer.status == exchange.status:
                    break
                answer = send(request)
            if request.method != "GET":
                time.sleep(0.002)  # the age of two rows that several workers made is told apart by the millisecond
            try:
                promises(request, answer)
                check(exchange, answer, fill)
                for name, where in exchange.kept:
                    value = answer.header(where[7:]) if where.startswith("header ") else pick(answer.json, where)
                    kept[name] = value if isinstance(value, str) else json.dumps(value)
            except (AssertionError, KeyError, IndexError, TypeError, ValueError) as wrong:
                asked = "\n".join(exchange.asked)[:1500]
                raise AssertionError(
                    f"{title}:{exchange.line}: {exchange.comment}\n{type(wrong).__name__}: {wrong}\n\n> {asked}\n({request.path})\n\n{answer}"
                ) from None
            if seen is not None:
                seen(exchange, request)


def cgi_variables(request: Request, remote_addr: str = "127.0.0.1") -> dict[str, str]:
    """The request as a web server would hand it to a CGI program (RFC 3875)."""
    path, _, query = request.path.partition("?")
    variables = {
        "GATEWAY_INTERFACE": "CGI/1.1",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "REQUEST_METHOD": request.method,
        "REQUEST_URI": request.path,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "REMOTE_ADDR": remote_addr,
    }
    if request.body or request.length is not None:
        variables["CONTENT_LENGTH"] = str(len(request.body) if request.length is None else request.length)
    for name, value in request.headers:
        variable = name.upper().replace("-", "_")
        variables[variable if variable == "CONTENT_TYPE" else f"HTTP_{variable}"] = value
    return variables


def parse_cgi(head: bytes, body: bytes) -> Answer:
    headers: list[tuple[str, str]] = []
    status = 0
    assert head.endswith(b"\r\n\r\n"), f"the head does not end: {head[-200:]!r}"
    for line in head[:-4].decode("latin-1").split("\r\n"):
        assert re.match(r"[A-Za-z-]+: ?[^\r\n]*$", line), f"no header line: {line!r}"
        name, _, value = line.partition(":")
        if name == "Status":
            status = int(value.split()[0])
        else:
            headers.append((name, value.strip()))
    return Answer(status, headers, body)

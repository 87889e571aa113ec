"""The way over HTTP: pooled connections, time-outs, repeats.  Imports urllib3 when it is first used."""

from __future__ import annotations

import functools
import os
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ._abort import current, hold, sleep
from ._call import encode
from ._core import VERSION, loads
from ._errors import ApiError, BadAnswer, ConfigurationError, ConnectionFailed, Error, TimedOut, api_error
from ._model import Secret
from ._texts import t

if TYPE_CHECKING:
    import urllib3

FIRST_DELAY_S = 0.5
LONGEST_DELAY_S = 8.0
LONGEST_RETRY_AFTER_S = 60.0  # a server that asks for more gets no repeat: the caller decides
PIECE = 1 << 16


def check_base(base: str) -> str:
    """The base without a slash at its end; raises ConfigurationError for one that cannot work."""
    base = base.strip().rstrip("/").removesuffix("/api/v1")
    parts = urlsplit(base)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigurationError(t("the base must be an address such as http://127.0.0.1:8080, not {}", repr(base)))
    if parts.username or parts.password:
        raise ConfigurationError(t("the base must not hold a user name or password; the key goes into key= or CC_KEY"))
    if parts.query or parts.fragment:
        raise ConfigurationError(t("the base must end before any '?' or '#': {}", repr(base)))
    if parts.hostname.endswith(".convex.cloud"):
        site = base.replace(".convex.cloud", ".convex.site")
        raise ConfigurationError(t("the HTTP API of a deployment is at .convex.site, not .convex.cloud: use {}", site))
    return base


def check_key(key: str) -> str:
    """The key without blanks around it; raises ConfigurationError, which does not quote it."""
    key = Secret(key.strip())
    if not key.isascii() or not key.isprintable() or " " in key or not key:
        raise ConfigurationError(t("the key is empty or holds characters that no key has; copy it again"))
    return key


def seconds(text: str | None) -> float | None:
    """Retry-After: seconds, or a date (RFC 9110 section 10.2.3)."""
    if not text:
        return None
    try:
        return max(0.0, float(text)) if text.strip().replace(".", "", 1).isdigit() else _until(text)
    except (ValueError, TypeError, OverflowError):
        return None


def _until(date: str) -> float:
    from email.utils import parsedate_to_datetime

    return max(0.0, parsedate_to_datetime(date).timestamp() - time.time())


def asked_to_wait(target: str) -> int:
    """How long the service may take on purpose: wait=SECONDS of a long poll."""
    _, there, rest = target.partition("wait=")
    number = rest.partition("&")[0]
    return int(number) if there and number.isdigit() else 0


class Answer:
    """Status, headers and the whole body."""

    __slots__ = ("body", "headers", "status")

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.status, self.headers, self.body = status, headers, body


class Http:
    """Requests to one base with one key."""

    __slots__ = ("_ca_bundle", "_headers", "_manager", "_path", "_pid", "_pool", "_retries", "_timeout", "base", "connections")

    def __init__(self, base: str, key: str, timeout: float, retries: int, ca_bundle: str | None, connections: int) -> None:
        self.base = check_base(base)
        if timeout <= 0 or retries < 0 or connections < 1:
            raise ConfigurationError(t("timeout and connections must be positive, retries not negative"))
        self._path = urlsplit(self.base).path + "/api/v1"
        self._headers = {"Authorization": Secret(f"Bearer {check_key(key)}"), "User-Agent": f"codecourier-python/{VERSION}"}
        self._timeout, self._retries, self._ca_bundle, self.connections = timeout, retries, ca_bundle, connections
        self._pool: urllib3.HTTPConnectionPool | None = None
        self._manager: urllib3.PoolManager | None = None
        self._pid = 0

    # ---- connections

    def _connect(self) -> urllib3.HTTPConnectionPool:
        """The pool; made when first needed, and anew in a forked child, which must not share its parent's sockets."""
        import urllib3

        parts = urlsplit(self.base)
        more: dict[str, Any] = {"maxsize": self.connections, "retries": False}
        if parts.scheme == "https":
            bundle = self._ca_bundle or next((os.environ[n] for n in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE") if os.environ.get(n)), None)
            if bundle:
                more["ca_cert_dir" if os.path.isdir(bundle) else "ca_certs"] = bundle
        proxy = self._proxy(parts.scheme, parts.hostname or "")
        manager = urllib3.ProxyManager(proxy, **more) if proxy else urllib3.PoolManager(**more)
        manager.pool_classes_by_scheme = breakable()
        self._manager = manager if proxy and parts.scheme == "http" else None  # it writes the absolute form of the target
        self._pool = manager.connection_from_url(self.base)
        self._pid = os.getpid()
        return self._pool

    @staticmethod
    def _proxy(scheme: str, host: str) -> str | None:
        if not any(name.lower().endswith("_proxy") for name in os.environ):
            return None
        from urllib.request import getproxies_environment, proxy_bypass_environment  # type: ignore[attr-defined]

        proxies = getproxies_environment()  # leaves HTTP_PROXY out under CGI
        proxy = proxies.get(scheme) or proxies.get("all")
        return proxy if proxy and not proxy_bypass_environment(host, proxies) else None

    def close(self) -> None:
        """Close idle connections; the next request opens new ones."""
        pool, self._pool = self._pool, None
        if pool is not None and self._pid == os.getpid():
            pool.close()

    # ---- one attempt

    def _send(self, method: str, target: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        import urllib3

        pool = self._pool if self._pid == os.getpid() else None
        if pool is None:
            pool = self._connect()
        timeout, what = self._timeout + asked_to_wait(target), f"{method} {target.partition('?')[0]}"
        deadline = time.monotonic() + timeout
        more: dict[str, Any] = {"body": body, "headers": headers, "retries": False, "redirect": False, "preload_content": False, "timeout": timeout}
        try:
            if self._manager is not None:
                response = self._manager.urlopen(method, self.base.removesuffix(urlsplit(self.base).path) + target, **more)
            else:
                response = pool.urlopen(method, target, assert_same_host=False, **more)
        except urllib3.exceptions.NewConnectionError as error:  # which counts as a time-out in urllib3's family tree
            raise ConnectionFailed(t("{} cannot be reached: {}", self.base, _reason(error))) from bare(error)
        except urllib3.exceptions.TimeoutError as error:
            raise TimedOut(t("{}: no answer within {} s", what, f"{timeout:g}")) from bare(error)
        except urllib3.exceptions.SSLError as error:
            failed = ConnectionFailed(t("{} is not trusted: {}; ca_bundle= or SSL_CERT_FILE names a file of certificates", self.base, _reason(error)))
            failed.retryable = False  # it will be no different in a second
            raise failed from bare(error)
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise ConnectionFailed(t("{} cannot be reached: {}", self.base, _reason(error))) from bare(error)
        try:
            return Answer(response.status, response.headers, self._read(response, deadline))
        except urllib3.exceptions.TimeoutError as error:
            raise TimedOut(t("{}: not all of the answer came within {} s", what, f"{timeout:g}")) from bare(error)
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise ConnectionFailed(t("{} broke off in the middle of its answer: {}", self.base, _reason(error))) from bare(error)

    def _read(self, response: urllib3.BaseHTTPResponse, deadline: float) -> bytes:
        """All of the body; never longer than the deadline, however slowly it drips."""
        import urllib3

        announced = response.headers.get("Content-Length")
        whole: int | None = int(announced) if announced and announced.isdigit() else None
        pieces: list[bytes] = []
        size = 0
        try:
            while whole is None or size < whole:
                piece = response.read1(PIECE)
                if not piece:
                    break
                pieces.append(piece)
                size += len(piece)
                if time.monotonic() > deadline:
                    raise urllib3.exceptions.TimeoutError("the deadline is over")
            if whole is not None and size < whole:
                raise ConnectionResetError(f"{size} of {whole} bytes came")
        except BaseException:
            response.close()
            raise
        response.release_conn()
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    # ---- all attempts

    def fetch(
        self, method: str, path: str, body: Mapping[str, Any] | None, if_match: str | None, idempotency_key: str | None
    ) -> tuple[Any, str | None]:
        """Ask, and repeat where a repeat can help; the answer's JSON and its ETag."""
        answer = self._ask(method, path, body, if_match, idempotency_key)
        return self._value(answer, f"{method} {path}"), answer.headers.get("ETag")

    def file(self, path: str) -> bytes:
        """What is there, as it is."""
        answer = self._ask("GET", path, None, None, None)
        if answer.status != 200:
            self._value(answer, f"GET {path}")
        return answer.body

    def _ask(
        self, method: str, path: str, body: Mapping[str, Any] | None, if_match: str | None, idempotency_key: str | None
    ) -> Answer:
        headers, data = self._headers, None
        if body is not None:
            headers = {**headers, "Content-Type": "application/json"}
            data = encode(body)
            if idempotency_key != "":
                # One key for all attempts of this call: whatever happened to the first, the effect comes once.
                headers["Idempotency-Key"] = idempotency_key or "py-" + os.urandom(16).hex()
        if if_match is not None:
            headers = {**headers, "If-Match": if_match}
        attempt = 0
        while True:
            failure: Error
            again, wait = True, None
            try:
                answer = self._send(method, self._path + path, headers, data)
                if answer.status < 400:
                    return answer
                wait = seconds(answer.headers.get("Retry-After"))
                failure = self._refusal(answer, wait)
                again = self._may_repeat(answer, failure, wait) and not (answer.status == 503 and asked_to_wait(path))
            except ConnectionFailed as error:
                failure, again = error, error.retryable and idempotency_key != ""
            if not again or attempt >= self._retries:
                raise failure
            sleep(wait if wait is not None else delay(attempt))
            attempt += 1

    @staticmethod
    def _may_repeat(answer: Answer, failure: Error, wait: float | None) -> bool:
        if wait is not None and wait > LONGEST_RETRY_AFTER_S:
            return False
        word = answer.headers.get("x-should-retry", "").lower()
        if word in ("true", "false"):
            return word == "true"
        return answer.status in (408, 429) or answer.status >= 500 or failure.retryable

    @staticmethod
    def _refusal(answer: Answer, wait: float | None) -> ApiError | BadAnswer:
        try:
            body = loads(answer.body)
        except ValueError:
            body = None
        return api_error(answer.status, body, answer.headers.get("X-Request-ID"), wait)

    @staticmethod
    def _value(answer: Answer, what: str) -> Any:
        if answer.status == 204 or (answer.status == 304 and not answer.body):
            return None
        request_id = answer.headers.get("X-Request-ID")
        if answer.status >= 300:
            raise BadAnswer(t("{}: the server redirects ({}); give the address it redirects to as the base", what, answer.status), answer.status, request_id)
        kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if kind != "application/json" and not kind.endswith("+json"):
            raise BadAnswer(t("{}: the answer is {}, not JSON; is this the right base?", what, kind or t("of no stated type")), answer.status, request_id)
        try:
            value = loads(answer.body)
        except ValueError as error:
            raise BadAnswer(t("{}: the answer is not valid JSON: {}", what, error), answer.status, request_id) from None
        if value is None:  # which stands for 204 from here on
            raise BadAnswer(t("{}: the answer is null and has no 'data'", what), answer.status, request_id)
        return value


@functools.cache
def breakable() -> dict[str, Any]:
    """urllib3's pools, with connections that a cancelled task can break off."""
    import urllib3
    from urllib3.connection import HTTPConnection, HTTPSConnection

    def told(kind: type[Any]) -> type[Any]:
        class Connection(kind):  # type: ignore[misc]
            def _new_conn(self) -> Any:
                return super()._new_conn() if current() is None else connected(self)

            def request(self, *arguments: Any, **more: Any) -> None:
                hold(self.sock)  # of an earlier request, or None
                super().request(*arguments, **more)
                hold(self.sock)

        return Connection

    plain = type("Pool", (urllib3.HTTPConnectionPool,), {"ConnectionCls": told(HTTPConnection)})
    secure = type("SecurePool", (urllib3.HTTPSConnectionPool,), {"ConnectionCls": told(HTTPSConnection)})
    return {"http": plain, "https": secure}


def connected(connection: Any) -> Any:
    """A socket for it, as urllib3 makes one, but held while it connects: that may take as long as an answer."""
    import socket

    from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

    failed = OSError("the name has no address")
    try:
        for family, kind, protocol, _, address in socket.getaddrinfo(connection._dns_host, connection.port, 0, socket.SOCK_STREAM):
            one = socket.socket(family, kind, protocol)
            try:
                hold(one)
                for option in connection.socket_options or ():
                    one.setsockopt(*option)
                one.settimeout(connection.timeout)
                one.connect(address)
                return one
            except OSError as error:
                one.close()
                failed = error
        raise failed
    except TimeoutError as error:
        raise ConnectTimeoutError(connection, "timed out") from error
    except OSError as error:
        raise NewConnectionError(connection, str(error)) from error


def delay(attempt: int) -> float:
    """How long to wait before the next attempt: 0.5 s, doubling to 8 s, less up to a quarter at random."""
    import random

    return float(min(LONGEST_DELAY_S, FIRST_DELAY_S * 2**attempt) * (1 - random.random() / 4))


def bare(error: BaseException) -> BaseException:
    """The error and its causes without their frames: in those of urllib3 and http.client lies the request, with the key."""
    one: BaseException | None = error
    while one is not None:
        one.__traceback__ = None
        one = one.__cause__ or one.__context__
    return error


def _reason(error: BaseException) -> str:
    """The innermost cause, in a few words and without the request."""
    inner: BaseException = error
    while True:
        reason = getattr(inner, "reason", None)
        deeper = reason if isinstance(reason, BaseException) else inner.__cause__ or inner.__context__
        if deeper is None or deeper is inner:
            break
        inner = deeper
    text = getattr(inner, "strerror", None) or str(inner)
    return text if text else type(inner).__name__

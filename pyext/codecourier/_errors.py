"""What can go wrong.  The errors of the API itself are in _generated.py, one class for each row of the core's list."""

from __future__ import annotations

from typing import Any

from ._core import ForkError
from ._texts import t

__all__ = ["ApiError", "BadAnswer", "ConfigurationError", "ConnectionFailed", "Error", "ForkError", "OpenError", "SqliteConflict", "TimedOut"]


class Error(Exception):
    """Everything this package raises derives from it (but for misuse: TypeError, ValueError, ForkError)."""

    code: str = "CLIENT"
    status: int | None = None
    request_id: str | None = None
    field: str | None = None
    retryable: bool = False

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class ConfigurationError(Error, ValueError):
    """The client was told something it cannot work with, or too little."""

    code = "CONFIGURATION"


class OpenError(Error):
    """The database could not be opened; .code says why in the words of the API."""

    def __init__(self, message: str, code: str = "INTERNAL") -> None:
        super().__init__(message)
        self.code = code

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.message, self.code)


class SqliteConflict(Error):
    """Two different SQLite libraries in this process would use one file, which destroys it."""

    code = "SQLITE_CONFLICT"


class ConnectionFailed(Error):
    """No answer came: refused, reset, cut off in the middle, or no such host.  Writes may or may not have happened."""

    code = "CONNECTION"
    retryable = True


class TimedOut(ConnectionFailed):
    """No answer, or not all of it, within the time-out."""

    code = "TIMEOUT"


class BadAnswer(Error):
    """An answer came that is not the API's: not JSON, or JSON of another shape."""

    code = "BAD_ANSWER"

    def __init__(self, message: str, status: int | None = None, request_id: str | None = None) -> None:
        super().__init__(message)
        self.status, self.request_id = status, request_id

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.message, self.status, self.request_id)


class ApiError(Error):
    """The service refused.  The class says which way; an error that a newer service may have is plain ApiError."""

    __slots__ = ()

    def __init__(
        self,
        message: str,
        code: str = "INTERNAL",
        status: int = 500,
        request_id: str | None = None,
        field: str | None = None,
        retryable: bool = False,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.code, self.status, self.request_id = code, status, request_id
        self.field, self.retryable, self.retry_after = field, retryable, retry_after

    def __str__(self) -> str:
        where = f" (field: {self.field})" if self.field else ""
        return f"{self.message}{where} [{self.code}, {self.status}, request {self.request_id}]"

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.message, self.code, self.status, self.request_id, self.field, self.retryable, self.retry_after)


def api_error(status: int, body: object, request_id: str | None, retry_after: float | None) -> ApiError | BadAnswer:
    """The exception for an answer of status 400 or more."""
    from ._generated import ERRORS

    error = body.get("error") if isinstance(body, dict) else None
    if isinstance(error, str):  # the envelope before version 2
        error = {"message": error}
    if not isinstance(error, dict):
        return BadAnswer(t("the server answered {}, but not with the API's error envelope; is this the right base?", status), status, request_id)
    code = str(error.get("code") or f"HTTP_{status}")
    retryable = bool(error.get("retryable", status in (408, 429) or status >= 500))
    field = error.get("field")
    return ERRORS.get(code, ApiError)(
        str(error.get("message") or code),
        code,
        status,
        str(error.get("requestId") or request_id or "") or None,
        str(field) if field is not None else None,
        retryable,
        retry_after,
    )

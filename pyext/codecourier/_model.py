"""What all results have in common: frozen, comparable, picklable, and nothing of the answer is lost.

A model holds the wire form and reads members from it when asked.  That is what makes a list of fifty cheap, what keeps
members that a newer server sends, and what to_dict() gives back.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ._core import Record, records

if TYPE_CHECKING:
    import pandas

SECRETS = frozenset({"token", "csrfToken", "csrf_token", "password"})  # members that no display shows; keys are known by their form
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
KEY = re.compile(r"\b(cc_(?:live|test)_)[0-9A-Za-z]{38}\b")


# Members of the wire form as Python has them; None stays None.  They return Any: what is declared is the table's promise, and
# an older or newer server that breaks it shall not make every other member unreadable.


def moment(value: Any) -> Any:
    """A time as a datetime in UTC."""
    return datetime.fromisoformat(value) if value is not None else None


def texts(value: Any) -> Any:
    """A list of texts as a tuple."""
    return tuple(value) if value is not None else None


def model(kind: type[Model], value: Any, client: Any) -> Any:
    """An object as a model."""
    return kind(value, client) if value is not None else None


def models(kind: type[Model], value: Any, client: Any) -> Any:
    """A list of objects as a tuple of models."""
    return records(kind, value, client) if value is not None else None


def snake(name: str) -> str:
    """createdAt -> created_at."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def camel(name: str) -> str:
    """created_at -> createdAt."""
    first, *rest = name.rstrip("_").split("_")
    return first + "".join(part.capitalize() for part in rest)


def masked(value: object) -> str:
    """The text of a value for a person's eyes; a key in it shows its prefix alone."""
    return KEY.sub(r"\1…", value if isinstance(value, str) else repr(value))


class Secret(str):
    """A text that tracebacks with their variables, debuggers and notebooks do not show."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'…'"


def plain(value: object) -> str:
    """The same without what would steer a terminal: an agent may have written it."""
    return CONTROL.sub("\N{REPLACEMENT CHARACTER}", masked(value))


def short(value: object, width: int = 60) -> str:
    """The same as one short piece of a repr."""
    text = masked(repr(value)) if isinstance(value, str) else masked(value)
    return text if len(text) <= width else text[: width - 1] + "…"


def copied(value: Any) -> Any:
    """A copy that shares nothing which can be changed."""
    if isinstance(value, dict):
        return {name: copied(member) for name, member in value.items()}
    if isinstance(value, list):
        return [copied(member) for member in value]
    return value


def _hashable(value: Any) -> Any:
    if isinstance(value, dict):
        return frozenset((name, _hashable(member)) for name, member in value.items())
    if isinstance(value, list):
        return tuple(_hashable(member) for member in value)
    return value


class Model(Record):
    """A frozen result.  Attributes are in snake_case; to_dict() gives the wire form."""

    __slots__ = ()
    _members: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The wire form: every member the server sent, known here or not, by the names it sent."""
        return {name: copied(member) for name, member in self._data.items()}

    @property
    def etag(self) -> str | None:
        """Its version, for if_match of an update; None when it came in a list."""
        return self._etag

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self) or not isinstance(other, Model):
            return NotImplemented
        return bool(self._data == other._data)

    def __hash__(self) -> int:
        return hash((type(self).__name__, _hashable(self._data)))

    def __repr__(self) -> str:
        members = ", ".join(f"{snake(name)}={'…' if name in SECRETS else short(value)}" for name, value in self._data.items())
        return f"{type(self).__name__}({members})"

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self._data, None, self._etag)  # never the client: it holds a key

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *(snake(name) for name in self._data if name not in self._members)]

    def _repr_html_(self) -> str:
        from ._display import model_html

        return model_html(self)

    def to_pandas(self) -> pandas.Series[Any]:
        """One pandas Series, with times as timestamps."""
        from ._display import series

        return series(self)

    if not TYPE_CHECKING:  # a misspelt name shall still be found by a type checker

        def __getattr__(self, name: str) -> Any:
            """A member that this version does not know, as the server sent it."""
            if not name.startswith("_"):
                for wire in (name, camel(name)):
                    if wire in self._data:
                        return self._data[wire]
            raise AttributeError(f"{type(self).__name__} has no member {name!r}; it has {', '.join(snake(n) for n in self._data)}")


def iso(value: datetime) -> str:
    """A datetime as the wire has it; one without a zone is taken as local time, as Python does."""
    return value.astimezone(UTC).isoformat(timespec="milliseconds" if value.microsecond else "seconds").replace("+00:00", "Z")

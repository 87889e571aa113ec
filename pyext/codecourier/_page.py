"""Pages: what a list answers.

A Page is one page: len(), index, .data, .has_more, .next_cursor.  Iterating over it goes on over all later pages, each
fetched when it is needed; .cursor is then where to resume.  Nothing counts totals: that would cost requests nobody sees.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from ._model import Model
from ._texts import t

if TYPE_CHECKING:
    import pandas

    from ._call import Caller

M = TypeVar("M", bound=Model)
Run = Callable[..., Awaitable[Any]]  # calls a function in a thread


class Page(Generic[M]):
    """One page of a list, and the way to those behind it."""

    __slots__ = ("_caller", "_cursor", "_data", "_has_more", "_model", "_next", "_path", "_query")

    def __init__(
        self,
        data: tuple[M, ...],
        next_cursor: str | None,
        has_more: bool,
        caller: Caller | None,
        model: type[M],
        path: str,
        query: Mapping[str, Any] | None,
    ) -> None:
        self._data, self._next, self._has_more = data, next_cursor, has_more
        self._caller, self._model, self._path, self._query = caller, model, path, dict(query or {})
        self._cursor: str | None = self._query.get("cursor")

    @property
    def data(self) -> tuple[M, ...]:
        """This page's rows, and no others."""
        return self._data

    @property
    def has_more(self) -> bool:
        """Whether there are rows behind this page."""
        return self._has_more

    @property
    def next_cursor(self) -> str | None:
        """Where the next page begins; None: there is none."""
        return self._next

    @property
    def cursor(self) -> str | None:
        """Where to resume: the cursor of the page that is being iterated over (its rows come again; none is lost).

        None is the beginning.
        """
        return self._cursor

    def __len__(self) -> int:
        return len(self._data)

    @overload
    def __getitem__(self, index: int) -> M: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[M, ...]: ...
    def __getitem__(self, index: int | slice) -> M | tuple[M, ...]:
        return self._data[index]

    def __iter__(self) -> Iterator[M]:
        self._cursor = self._query.get("cursor")
        for page in self.pages():
            self._cursor = page._query.get("cursor")
            yield from page._data

    def pages(self) -> Iterator[Page[M]]:
        """This page and all behind it."""
        page: Page[M] | None = self
        while page is not None:
            yield page
            page = page.next_page()

    def next_page(self) -> Page[M] | None:
        """The page behind this one, or None."""
        if self._next is None:
            return None
        if self._caller is None:
            raise RuntimeError(t("this page was unpickled and has no client; call list(cursor=page.next_cursor) on one"))
        return self._caller._page(self._model, self._path, {**self._query, "cursor": self._next})

    def to_dict(self) -> dict[str, Any]:
        """The wire form of this page."""
        return {"data": [row.to_dict() for row in self._data], "nextCursor": self._next, "hasMore": self._has_more}

    def to_pandas(self, *, all_pages: bool = False) -> pandas.DataFrame:
        """A DataFrame of this page's rows; with all_pages=True of those behind it, too (a request for each page)."""
        from ._display import frame

        return frame(self._model, iter(self) if all_pages else iter(self._data))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Page):
            return NotImplemented
        return (self._data, self._next, self._has_more) == (other._data, other._next, other._has_more)

    def __hash__(self) -> int:
        return hash((self._data, self._next, self._has_more))

    def __repr__(self) -> str:
        more = ", more behind it" if self._has_more else ""
        rows = ",\n  ".join(repr(row) for row in self._data[:20]) + (",\n  …" if len(self._data) > 20 else "")
        return f"<Page of {len(self._data)} {self._model.__name__}{more}" + (f": [\n  {rows}]>" if self._data else ">")

    def _repr_html_(self) -> str:
        from ._display import page_html

        return page_html(self._model, self._data, self._has_more)

    def __reduce__(self) -> tuple[Any, ...]:
        return Page, (self._data, self._next, self._has_more, None, self._model, self._path, self._query)


class AsyncPage(Generic[M]):
    """The same for `async for`; `for` gives the rows of this page alone."""

    __slots__ = ("_page", "_run")

    def __init__(self, page: Page[M], run: Run | None = None) -> None:
        self._page, self._run = page, run

    @property
    def data(self) -> tuple[M, ...]:
        """This page's rows, and no others."""
        return self._page.data

    @property
    def has_more(self) -> bool:
        """Whether there are rows behind this page."""
        return self._page.has_more

    @property
    def next_cursor(self) -> str | None:
        """Where the next page begins; None: there is none."""
        return self._page.next_cursor

    @property
    def cursor(self) -> str | None:
        """Where to resume."""
        return self._page.cursor

    def __len__(self) -> int:
        return len(self._page)

    @overload
    def __getitem__(self, index: int) -> M: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[M, ...]: ...
    def __getitem__(self, index: int | slice) -> M | tuple[M, ...]:
        return self._page[index]

    def __iter__(self) -> Iterator[M]:
        return iter(self._page.data)

    async def __aiter__(self) -> AsyncIterator[M]:
        async for page in self.pages():
            self._page._cursor = page._page._query.get("cursor")
            for row in page.data:
                yield row

    async def pages(self) -> AsyncIterator[AsyncPage[M]]:
        """This page and all behind it."""
        page: AsyncPage[M] | None = self
        while page is not None:
            yield page
            page = await page.next_page()

    async def next_page(self) -> AsyncPage[M] | None:
        """The page behind this one, or None."""
        if self._run is None or self._page.next_cursor is None:
            page = self._page.next_page()  # none, or an error that says why
        else:
            page = await self._run(self._page.next_page)
        return AsyncPage(page, self._run) if page is not None else None

    def to_dict(self) -> dict[str, Any]:
        """The wire form of this page."""
        return self._page.to_dict()

    async def to_pandas(self, *, all_pages: bool = False) -> pandas.DataFrame:
        """A DataFrame of this page's rows; with all_pages=True of those behind it, too (a request for each page)."""
        from ._display import frame

        return frame(self._page._model, [row async for row in self] if all_pages else self.data)

    def __eq__(self, other: object) -> bool:
        return self._page == other._page if isinstance(other, AsyncPage) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._page)

    def __repr__(self) -> str:
        return "<Async" + repr(self._page)[1:]

    def _repr_html_(self) -> str:
        return self._page._repr_html_()

    def __reduce__(self) -> tuple[Any, ...]:
        return AsyncPage, (self._page,)


class AsyncPages(Generic[M]):
    """What an asynchronous list() gives: `await` it for one page, or `async for` over all rows of all pages."""

    __slots__ = ("_cursor", "_fetch", "_first", "_run")

    def __init__(self, run: Run, fetch: Callable[[], Page[M]], cursor: str | None) -> None:
        self._run, self._fetch, self._cursor = run, fetch, cursor
        self._first: AsyncPage[M] | None = None

    async def _page(self) -> AsyncPage[M]:
        return AsyncPage(await self._run(self._fetch), self._run)

    def __await__(self) -> Generator[Any, Any, AsyncPage[M]]:
        return self._page().__await__()

    async def __aiter__(self) -> AsyncIterator[M]:
        self._first = await self._page()
        async for row in self._first:
            yield row

    @property
    def cursor(self) -> str | None:
        """Where to resume."""
        return self._first.cursor if self._first is not None else self._cursor

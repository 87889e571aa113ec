"""Bulk work that can be broken off and started again: pages, a cursor, idempotency keys."""

from collections.abc import Iterable

import codecourier


def import_issues(cc: codecourier.Client, titles: Iterable[str]) -> list[codecourier.Issue]:
    """Make an issue for each title; to run it again makes none twice."""
    return [cc.issues.create(title=title, priority="low", idempotency_key=f"import-{title}") for title in titles]


def close_all(cc: codecourier.Client, cursor: str | None = None) -> str | None:
    """Complete every issue; where it stopped, should it be interrupted."""
    page = cc.issues.list(limit=100, cursor=cursor)
    try:
        for issue in page:
            if issue.status != "completed":
                cc.issues.update(issue.id, status="completed")
    except codecourier.ConnectionFailed:
        return page.cursor
    return None


client = codecourier.Client()
titles = [f"Imported {number}" for number in range(5)]
made = import_issues(client, titles)
assert import_issues(client, titles) == made
close_all(client)
print(len(made), {issue.status for issue in client.issues.list(q="Imported")})

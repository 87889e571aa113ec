"""A resource that nothing of the dashboard was written for, the throw-away one of tests/web: its list and its form come from the table."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import content
import installation
import pytest
from conftest import Open, Server, sign_in
from playwright.sync_api import Page, expect
from test_keyboard import tab_to
from test_pages import axe, settle
from test_throwaway import copy  # noqa: F401: the fixture


@pytest.fixture(scope="module")
def server(copy: Path, fresh_server: Callable[..., Server]) -> Server:  # noqa: F811
    folder = installation.private_folder()
    for name in ("codecourier", "codecourier.cgi"):
        shutil.copyfile(copy / "build" / name, folder / name)
        (folder / name).chmod(0o755)
    server = fresh_server(program=folder / "codecourier")
    sign_in(server)
    content.fill(server)
    return server


def make(server: Server, **members: object) -> None:
    content.make(server, "/notes", {"title": "Ask before merging"} | members)


def test_list_filters_and_search(server: Server, open_page: Open) -> None:
    make(server, title="Green and pinned", colour="green", isPinned=True, weight=2.5, workflowId=server.ids["workflow"])
    make(server, title="Yellow")
    page = open_page(server, "/workflows")
    page.get_by_role("link", name="Notes", exact=True).click()
    expect(page.get_by_role("heading", name="Notes", level=1)).to_be_visible()
    expect(page.get_by_text("What people want to remember of a workflow.")).to_be_visible()
    row = page.get_by_role("row").filter(has_text="Green and pinned")
    expect(row).to_contain_text("Plan, build, check, review")  # an id is shown by what it refers to
    page.get_by_label("Colour", exact=True).select_option("yellow")
    expect(row).to_have_count(0)
    page.get_by_label("Colour", exact=True).select_option("")
    page.get_by_label("Is pinned", exact=True).select_option("Yes")
    expect(page.get_by_role("row")).to_have_count(2)  # the head, and one
    page.get_by_label("Is pinned").select_option("")
    page.get_by_label("Search").fill("ellow")
    expect(page.get_by_role("row")).to_have_count(2)
    assert "q=ellow" in page.url
    page.reload()
    expect(page.get_by_role("row").filter(has_text="Yellow")).to_be_visible()
    page.get_by_label("Search").fill("nothing is called so")
    expect(page.get_by_text("Nothing fits")).to_be_visible()


def test_form_by_keyboard(server: Server, open_page: Open) -> None:
    """Made, refused beside each field, changed and deleted without a mouse."""
    page = open_page(server, "/notes", expect=("400",))
    settle(page)
    tab_to(page, "New entry")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Title")).to_be_focused()
    expect(page.get_by_label("Colour", exact=True).last).to_have_value("yellow")  # what the table presets
    page.keyboard.press("Enter")
    expect(page.get_by_text("Please fill this in.")).to_be_visible()
    expect(page.get_by_label("Title")).to_be_focused()
    page.get_by_label("Title").fill("x" * 121)
    page.keyboard.press("Enter")
    expect(page.get_by_text("At most 120 characters, please; these are 121.")).to_be_visible()
    assert page.get_by_label("Title").get_attribute("aria-invalid") == "true"
    page.get_by_label("Title").fill("\N{GRINNING FACE}" * 120)  # 120 as the API counts, 240 as browsers do
    tab_to(page, "Weight")
    page.keyboard.type("11")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Please give a number from 0 to 10.")).to_be_visible()
    expect(page.get_by_label("Weight")).to_be_focused()
    page.get_by_label("Weight").fill("1.5")
    tab_to(page, "Add", back=True)
    page.get_by_label("Another entry").select_option("Explain the retry rules in the handbook")
    page.keyboard.press("Enter")
    page.get_by_label("Title").fill("\u202eBackwards")  # only the API says that such a character has no place in a line
    page.keyboard.press("Enter")
    expect(page.get_by_text("This was not accepted:")).to_be_visible()
    expect(page.get_by_label("Title")).to_be_focused()
    page.get_by_label("Title").fill("By keyboard")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    made = next(one for one in server.api("GET", "/notes?q=By keyboard").json()["data"])
    assert (made["weight"], made["issueIds"], made["colour"], made["workflowId"]) == (1.5, [server.ids["issue Explain th"]], "yellow", None)

    tab_to(page, "Edit By keyboard", back=True)
    page.keyboard.press("Enter")
    tab_to(page, "Remind at")
    page.get_by_label("Remind at").fill("2030-02-01T09:30")  # Berlin
    tab_to(page, "Is pinned")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    changed = server.api("GET", f"/notes/{made['id']}").json()["data"]
    assert (changed["remindAt"], changed["isPinned"], changed["weight"]) == ("2030-02-01T08:30:00Z", True, 1.5)

    tab_to(page, "More actions for By keyboard")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_contain_text("Delete “By keyboard”?")
    page.keyboard.press("Enter")
    expect(page.get_by_role("row").filter(has_text="By keyboard")).to_have_count(0)
    assert server.api("GET", f"/notes/{made['id']}").status_code == 404


def test_saving_changes_nothing_else(server: Server, open_page: Open) -> None:
    """Seconds that no control shows, and what is referred to but gone, stay as they were; what must not be empty says so."""
    issue, workflow = (content.make(server, path, body) for path, body in {"/issues": {"title": "Soon gone"},
                       "/workflows": {"name": "Soon gone", "steps": [content.STEPS[0]]}}.items())  # fmt: skip
    make(server, title="Kept", remindAt="2030-02-01T08:30:17Z", issueIds=[issue], workflowId=workflow, text="Two\nlines")
    (before,) = server.api("GET", "/notes?q=Kept").json()["data"]
    for path in (f"/issues/{issue}", f"/workflows/{workflow}"):
        assert server.api("DELETE", path).status_code == 200
    page = open_page(server, "/notes", expect=("400",))
    page.get_by_role("button", name="Edit Kept").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Workflow")).to_have_value(workflow)
    expect(dialog.get_by_role("listitem").filter(has_text=issue)).to_be_visible()
    dialog.get_by_label("Title").fill("")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_text("Please fill this in.")).to_be_visible()
    dialog.get_by_label("Title").fill("Kept, renamed")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_text("This was not accepted:")).to_be_visible()  # the API takes no reference to what is gone, and names it
    dialog.get_by_label("Workflow").select_option("")
    dialog.get_by_role("button", name=f"Remove {issue}").click()
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    after = server.api("GET", f"/notes/{before['id']}").json()["data"]
    assert after["remindAt"] == before["remindAt"] == "2030-02-01T08:30:17Z"
    assert (after["title"], after["text"], after["workflowId"], after["issueIds"]) == ("Kept, renamed", "Two\nlines", None, [])


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "de"])
def test_it_looks_well(language: str, scheme: str, width: int, server: Server, open_page: Open) -> None:
    """In German what the table says stays English and says that it is; what the catalogue has is German."""
    make(server, title="Something to look at", weight=1.5)
    page = open_page(server, "/notes", language=language, scheme=scheme, width=width)
    settle(page)
    new = page.get_by_role("button", name={"en": "New entry", "de": "Neuer Eintrag"}[language]).first
    look(page, f"notes-{language}-{scheme}-{width}")
    new.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("[lang=en]").filter(has_text="How much it matters.")).to_be_visible()
    expect(dialog.get_by_label("Titel" if language == "de" else "Title")).to_be_visible()
    expect(dialog.get_by_label("Remind at")).to_be_visible()
    look(page, f"note-{language}-{scheme}-{width}")


def look(page: Page, name: str) -> None:
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert axe(page) == []
    if folder := os.environ.get("CC_LOOK"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"))

"""Every page in both languages, both colour schemes, narrow and wide: nothing on the console, nothing cut off, nothing axe finds."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import installation
import pictures
import pytest
from conftest import Open, Server
from playwright.sync_api import Page, expect

PAGES = {
    "workflows": "/workflows", "workflow": "/workflows/{workflow}", "new-workflow": "/workflows/new", "runs": "/runs", "run": "/runs/{run running}", "finished-run": "/runs/{run completed}", "compare": "/runs/{run completed}/compare?with={run running}", "candidates": "/candidates/{candidates}",
    "pulls": "/pull-requests", "pull": "/pull-requests/{pull}", "branches": "/branches", "chains": "/chains", "chain": "/chains/{chain running}", "stopped-chain": "/chains/{chain failed}", "schedules": "/schedules", "issues": "/issues", "personas": "/personas", "documents": "/contexts", "skills": "/skills", "commands": "/commands", "scripts": "/scripts", "learnings": "/learnings", "sessions": "/sessions", "session": "/sessions/{session}", "evaluation": "/sessions/{evaluation}", "sandboxes": "/sandboxes", "sandbox": "/sandboxes/{sandbox}", "questions": "/questions", "usage": "/usage", "notifications": "/notifications", "members": "/members", "audit": "/audit", "general": "/settings", "keys": "/settings/api-keys", "webhooks": "/settings/webhooks", "webhook": "/settings/webhooks/{webhook}",
    "budget": "/settings/budget", "rates": "/settings/prices", "agents": "/settings/agents", "environment": "/settings/environment", "providers": "/settings/provider-keys", "trash": "/settings/trash", "account": "/account", "nothing": "/nothing",
}  # fmt: skip
APP = installation.ROOT / "www" / "app"
ILLUSTRATED = [name for name in PAGES if name not in ("new-workflow", "finished-run", "stopped-chain", "skills", "commands", "scripts", "evaluation", "nothing")]
BUDGET = 60 * 1024


def axe_source() -> str:
    places = [installation.ROOT / "build" / "node" / "node_modules", Path(os.environ.get("NODE_PATH", "/nowhere"))]
    for place in places:
        if (place / "axe-core" / "axe.min.js").exists():
            return (place / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    raise AssertionError("axe-core is not installed: make tools")


def axe(page: Page, rules: list[str] | None = None) -> list[str]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(axe_source())  # as the debugger does: the page's own policy forbids it, and stays in force
    found = page.evaluate("rules => axe.run(document, { resultTypes: ['violations'], ...(rules && { runOnly: rules }) })", rules)["violations"]
    return [f"{one['id']}: {node['target']} {node['failureSummary']}" for one in found for node in one["nodes"]]


def settle(page: Page) -> None:
    page.wait_for_selector("h1")
    page.wait_for_load_state("networkidle")
    expect(page.locator(".skeleton")).to_have_count(0)


# Each two of language, scheme and width once; and the pictures' own in both languages.
@pytest.mark.parametrize(("language", "scheme", "width"), [
    ("en", "light", 1280), ("de", "light", 1280), ("en", "dark", 1280), ("en", "light", 360), ("de", "dark", 360),
])  # fmt: skip
def test_pages(language: str, scheme: str, width: int, server: Server, open_page: Open) -> None:
    page = open_page(server, "/settings/api-keys", language=language, scheme=scheme, width=width)
    settle(page)
    page.wait_for_selector("[data-unread]", state="attached", timeout=60_000)  # the bell comes later than the first page
    wrong: list[str] = []
    illustrate = scheme == "light" and width == 1280
    said: dict[str, list[str]] = {}
    for name, path in PAGES.items():
        page.evaluate("path => { location.hash = path }", path.format(**server.ids))
        page.wait_for_timeout(60)
        settle(page)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wrong.append(f"{name}: wider than the window")
        if missing := re.findall(r"\b[a-z]+\.[a-zA-Z]+\b(?=\s|$)", page.locator("h1, h2, button, th, label").all_inner_texts().__str__()):
            known = [one for one in missing if one in json.dumps(catalogue("en"))]
            wrong += [f"{name}: shows the key {one}" for one in known if one in catalogue("en")]
        if language == "en" or illustrate:  # the parts are the same in the dark, only their colours are others
            wrong += [f"{name}: {one}" for one in axe(page, ["color-contrast"] if scheme == "dark" else None)]
        if look := os.environ.get("CC_LOOK"):
            page.screenshot(path=str(Path(look) / f"{name}-{language}-{scheme}-{width}.png"), full_page=True)
        if illustrate and name in ILLUSTRATED:
            said[name] = pictures.words(page)
            pictures.take(page, language, name)
    if illustrate:
        wrong += [f"{name}: its picture in the documentation is out of date: make pictures" for name in pictures.outdated(language, said)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_dialogs(scheme: str, server: Server, open_page: Open) -> None:
    page = open_page(server, "/settings/api-keys", scheme=scheme)
    settle(page)
    wrong: list[str] = []

    def look(name: str) -> None:
        wrong.extend(f"{name}: {one}" for one in axe(page, ["color-contrast"] if scheme == "dark" else None))
        if folder := os.environ.get("CC_LOOK"):
            page.screenshot(path=str(Path(folder) / f"dialog-{name}-{scheme}.png"))

    page.get_by_role("button", name="Generate New Key").click()
    page.get_by_label("runs:write").check()
    look("generate")
    page.get_by_label("Name", exact=True).fill(f"dialogs {scheme}")
    page.get_by_role("button", name="Generate key").click()
    page.wait_for_selector("[data-secret]")
    look("secret")
    page.get_by_role("button", name="I have copied it").click()
    page.get_by_role("button", name=f"More actions for dialogs {scheme}").click()
    look("menu")
    page.get_by_role("menuitem", name="Rotate").click()
    look("rotate")
    page.keyboard.press("Escape")
    page.get_by_role("button", name=f"More actions for dialogs {scheme}").click()
    page.get_by_role("menuitem", name="Revoke").click()
    look("revoke")
    page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    row = page.get_by_role("row").filter(has_text=f"dialogs {scheme}")
    expect(row).to_contain_text("Revoked")
    for path, button in {"/members": "Invite member", "/personas": "New persona", "/contexts": "New context", "/skills": "New skill", "/commands": "New command", "/scripts": "New script", "/learnings": "New learning", "/sessions": "New session", "/issues": "New issue", "/runs": "Start run", "/chains": "New chain", "/schedules": "New schedule", "/settings/environment": "Add variable"}.items():
        page.evaluate("path => { location.hash = path }", path)
        page.get_by_role("button", name=button, exact=True).first.click()
        page.wait_for_selector("dialog[open]")
        look(button.lower().replace(" ", "-"))
        page.keyboard.press("Escape")
    assert not wrong, "\n".join(wrong)


def test_the_door(server: Server, open_page: Open) -> None:
    for width in (360, 1280):
        page = open_page(server, width=width, signed_in=False)
        settle(page)
        assert axe(page) == []
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")


def test_language_and_scheme_switches(server: Server, open_page: Open) -> None:
    page = open_page(server, "/runs")
    settle(page)
    page.get_by_label("Language").select_option("de")
    expect(page.get_by_role("heading", name="Läufe", level=1)).to_be_visible()
    page.get_by_label("Farbschema").select_option("dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(18, 20, 21)"
    page.reload()
    expect(page.get_by_role("heading", name="Läufe", level=1)).to_be_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(18, 20, 21)"


@pytest.mark.parametrize("language", ["en", "de"])
def test_first_paint(language: str, server: Server, open_page: Open) -> None:
    """The key page with an empty cache, as the server sends it: what Chromium counted on the wire, heads included, and no jump."""
    page = open_page(server, "/workflows", language=language)
    settle(page)
    page.goto("about:blank")
    debugger = page.context.new_cdp_session(page)
    debugger.send("Network.enable")
    debugger.send("Network.setCacheDisabled", {"cacheDisabled": True})
    urls: dict[str, str] = {}
    sizes: dict[str, int] = {}
    debugger.on("Network.responseReceived", lambda event: urls.update({event["requestId"]: event["response"]["url"]}))
    debugger.on("Network.loadingFinished", lambda event: sizes.update({event["requestId"]: int(event["encodedDataLength"])}))
    page.add_init_script("""window.shift = 0; new PerformanceObserver((list) => { for (const one of list.getEntries()) window.shift += one.value; })
        .observe({ type: 'layout-shift', buffered: true });""")
    page.goto(f"{server.url}/#/settings/api-keys")
    settle(page)
    expect(page.get_by_role("row").filter(has_text="deploy pipeline")).to_be_visible()
    assert len(sizes) > 20 and set(sizes) == set(urls)
    listed = "\n".join(f"{size:6} {urls[one].removeprefix(server.url)}" for one, size in sorted(sizes.items(), key=lambda item: -item[1]))
    print(f"first paint of the key page ({language}): {len(sizes)} answers, {sum(sizes.values())} bytes on the wire\n{listed}")
    assert sum(sizes.values()) <= BUDGET, listed
    assert page.evaluate("window.shift") == 0


def catalogue(language: str, export: str = "default") -> dict[str, object]:
    """The catalogue as JSON; read as a module by its text, for older versions of node go by a file's ending."""
    text = (APP / "js" / "i18n" / f"{language}.js").read_text(encoding="utf-8")
    script = f"const m = await import('data:text/javascript,' + encodeURIComponent({json.dumps(text)})); console.log(JSON.stringify(m.{export}))"
    return dict(json.loads(subprocess.run(["node", "--input-type=module", "-e", script], capture_output=True, text=True, check=True).stdout))


def test_catalogues() -> None:
    """Translations have the same values as the English: tests/docs/test_words.py."""
    english = catalogue("en") | catalogue("late-en")
    for language in catalogue("languages", "LANGUAGES"):
        there = catalogue(language) | catalogue(f"late-{language}")
        assert {key for key in there if key in english} == set(english)  # more: of plain resources, in place of the table's words
    code = "\n".join(path.read_text(encoding="utf-8") for path in (APP / "js").rglob("*.js") if path.parent.name != "i18n")
    used = set(re.findall(r'\bt\("([^"]+)"', code))
    assert used <= set(english), used - set(english)


def test_no_markup_from_data() -> None:
    for path in (APP / "js").rglob("*.js"):
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", path.read_text(encoding="utf-8")), path
    for path in APP.rglob("*"):
        if path.suffix in (".html", ".css", ".js"):
            outside = re.findall(r"https?://(?!www\.w3\.org/2000/svg)[a-z0-9][a-z0-9.]+", path.read_text(encoding="utf-8"))
            assert not outside, (path, outside)
    assert not re.search(r"\sstyle=|\son[a-z]+=|<style|<script>", (APP / "index.html").read_text(encoding="utf-8"))


def test_limits_and_choices_stand_in_the_table() -> None:
    """No page says again what the core declares: limits of fields, or all choices of one."""
    made = [APP / "js" / name for name in ("table.js", "table-early.js")]
    table = "".join(path.read_text(encoding="utf-8") for path in made)
    declared = [set(re.findall(r'"([^"]+)"', one)) for one in re.findall(r"choices: \[([^\]]+)\]", table)]
    assert len(declared) > 15
    for path in (APP / "js").rglob("*.js"):
        if path not in made:
            code = path.read_text(encoding="utf-8")
            assert not re.search(r"\bmax(?:length)?: [1-9]", code), path
            for one in re.findall(r"\[((?:\s*\"[^\"]+\",?)+)\s*\]", code):
                assert set(re.findall(r'"([^"]+)"', one)) not in declared, (path, one)

"""The pages: complete in both languages, nothing broken, nothing from elsewhere."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import pytest
import requests

import examples
import installation
from conftest import Service

DOCS = examples.PAGES
LANGUAGES = ("en", "de")


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.ids: set[str] = set()
        self.language = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        had = {name: value or "" for name, value in attributes}
        if "id" in had:
            self.ids.add(had["id"])
        if tag == "html":
            self.language = had.get("lang", "")
        if tag == "a" and "href" in had:
            self.links.append(had["href"])
        if tag in ("script", "img", "iframe", "source") and "src" in had:
            self.loads.append(had["src"])
        if tag == "link" and had.get("rel") in ("stylesheet", "icon", "preload", "shortcut icon"):
            self.loads.append(had["href"])


@pytest.fixture(scope="module")
def site(built: Path) -> dict[str, Page]:
    return {str(path.relative_to(built)): Page(path.read_text(encoding="utf-8")) for path in built.rglob("*.html")}


def test_they_build_without_a_warning(built: Path) -> None:
    """build.py lets Sphinx treat a warning as an error, references to nothing included."""
    assert '"-n", "-W"' in (DOCS / "build.py").read_text()
    for language in LANGUAGES:
        assert (built / language / "getting-started.html").exists()


def test_every_reason_is_on_its_page_in_words_of_the_language(built: Path, site: dict[str, Page]) -> None:
    listed = [one for one in json.loads(installation.command("openapi").stdout)["x-reasons"] if one["of"] != "part"]
    for language in LANGUAGES:
        assert {"reason-" + one["code"].lower().replace("_", "-") for one in listed} <= site[f"{language}/reasons.html"].ids
    english, german = ((built / language / "reasons.html").read_text(encoding="utf-8") for language in LANGUAGES)
    assert "The repository could not be fetched.<" in english and "Ask for less in one step." in english
    assert "Das Repository konnte nicht geholt werden.<" in german and "Verlangen Sie weniger in einem Schritt." in german
    assert "The repository could not be fetched" not in german


def test_every_page_is_there_in_both_languages(site: dict[str, Page]) -> None:
    english = {name.removeprefix("en/") for name in site if name.startswith("en/")}
    german = {name.removeprefix("de/") for name in site if name.startswith("de/")}
    assert english == german
    assert {f"{path.stem}.html" for path in examples.pages()} <= english
    for name, page in site.items():
        if "/" in name:
            assert page.language == name.split("/")[0], name


def broken_links(site: dict[str, Page], files: set[str]) -> list[str]:
    """Links, pictures, scripts and style sheets of these pages that lead to no file or anchor of them."""
    broken = []
    for name, page in site.items():
        for link in page.links + page.loads:
            if urlsplit(link).scheme or link.startswith("//"):
                continue
            where, anchor = urldefrag(urljoin(f"/{name}", link))
            target = unquote(urlsplit(where).path).lstrip("/")
            target = target + "index.html" if target == "" or target.endswith("/") else target
            if target not in files or (anchor and target in site and unquote(anchor) not in site[target].ids):
                broken.append(f"{name}: {link}")
    return broken


def test_links_and_anchors_lead_somewhere(site: dict[str, Page], built: Path) -> None:
    files = {str(path.relative_to(built)) for path in built.rglob("*") if path.is_file()}
    assert sum(len(page.links) for page in site.values()) > 1000
    broken = broken_links(site, files)
    assert not broken, "\n".join(broken)


def test_a_broken_link_is_found() -> None:
    page = Page('<p id="here"><a href="#here">.</a><a href="#gone">.</a><a href="../b/">.</a><a href="../b/#there">.</a><a href="c.html">.</a><a href="https://example.com/">.</a><img src="d.webp">')
    site = {"a/index.html": page, "b/index.html": Page('<p id="elsewhere">')}
    assert broken_links(site, set(site)) == ["a/index.html: #gone", "a/index.html: ../b/#there", "a/index.html: c.html", "a/index.html: d.webp"]


def test_every_page_of_the_dashboard_is_shown(built: Path) -> None:
    """In the page's language, and small; tests/browser says when a picture is out of date."""
    router = (installation.ROOT / "www" / "app" / "js" / "router.js").read_text(encoding="utf-8")
    pages = re.findall(r'path: "/([a-z-]+).*page: "([a-z-]+)"', router)
    wanted = {path if page == "plain" else page for path, page in pages} | {"sign-in", "generate", "secret"}
    assert len(wanted) >= 20
    for language in LANGUAGES:
        shown = re.findall(r'<img alt="[^"]+" loading="lazy" src="_images/([a-z-]+)\.webp"', (built / language / "dashboard.html").read_text(encoding="utf-8"))
        assert set(shown) == wanted, set(shown) ^ wanted
        for name in shown:
            picture = (built / language / "_images" / f"{name}.webp").read_bytes()
            assert picture == (DOCS / "pictures" / language / f"{name}.webp").read_bytes(), f"{language}: {name}"
            assert picture[:4] + picture[8:12] == b"RIFFWEBP" and len(picture) <= 60 * 1024, name


def test_nothing_comes_from_elsewhere(site: dict[str, Page], built: Path) -> None:
    for name, page in site.items():
        for load in page.loads:
            assert not urlsplit(load).netloc, f"{name} loads {load}"
    for sheet in built.rglob("*.css"):
        assert not re.search(r"(url\(|@import)\s*['\"]?(https?:)?//", sheet.read_text(encoding="utf-8")), sheet


def test_the_german_catalogue_is_complete(built: Path) -> None:
    """Every text of the pages, and of all else, has its translation, and no translation is left of a text that is gone."""
    done = subprocess.run([sys.executable, installation.ROOT / "www" / "words" / "words.py", "--missing"], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_error_of_the_table_is_explained(site: dict[str, Page]) -> None:
    codes = re.findall(r"^\s+X\(([A-Z_]+), \d{3}, (?:true|false),", (installation.ROOT / "core" / "codecourier.h").read_text(), re.MULTILINE)
    assert len(codes) >= 16
    for language in LANGUAGES:
        for code in codes:
            assert f"error-{code.lower().replace('_', '-')}" in site[f"{language}/errors.html"].ids, code


def test_every_route_and_scope_is_in_the_reference(site: dict[str, Page], built: Path) -> None:
    table = json.loads(subprocess.run([installation.COMMAND, "openapi"], capture_output=True, text=True, check=True).stdout)
    ids = {one for name, page in site.items() if name.startswith("de/reference/") for one in page.ids}
    for rows in table["paths"].values():
        for row in rows.values():
            assert "route-" + row["operationId"].replace(".", "-").lower() in ids, row["operationId"]
    scopes = (built / "de" / "authentication.html").read_text(encoding="utf-8")
    for scope in installation.READ + installation.WRITE + ["runs:cancel"]:
        assert scope in scopes, scope


def test_the_diagram_of_a_runs_states_is_drawn_and_said(built: Path) -> None:
    """What it shows stands in its label too, for those who do not see it, and in the table below in the page's language."""
    for language, meaning in ("en", "somebody halted it"), ("de", "jemand hat ihn pausiert"):
        text = (built / language / "runs.html").read_text(encoding="utf-8")
        drawn = re.search(r'<svg class="states" role="img" aria-label="([^"]+)".*?</svg>', text, re.DOTALL)
        assert drawn, language
        assert "pending → running, cancelled" in drawn[1] and "cancelling → cancelled" in drawn[1]
        assert re.findall(r"<text[^>]*>(\w+)</text>", drawn[0]) == ["pending", "running", "paused", "cancelling", "completed", "failed", "cancelled"]
        assert meaning in text[drawn.end() :]


def test_commands_are_explained_in_the_language_of_the_page(built: Path) -> None:
    assert "Usage: codecourier serve" in (built / "en" / "command-line.html").read_text(encoding="utf-8")
    german = (built / "de" / "command-line.html").read_text(encoding="utf-8")
    assert "Usage:" not in german and "codecourier serve" in german
    listed = subprocess.run([installation.COMMAND, "help"], capture_output=True, text=True, check=True, env={"LC_ALL": "C.UTF-8"}).stdout
    shown = set(re.findall(r"^```\{printed\} help (.+)$", (DOCS / "command-line.md").read_text(), re.MULTILINE))
    commands = re.findall(r"^  ([a-z]+(?: [a-z]+)?) {2,}[A-Z]", listed.split("Environment")[0], re.MULTILINE)
    assert len(commands) > 15
    assert set(commands) - {"help"} <= shown, set(commands) - shown


def test_the_service_serves_them(service: Service) -> None:
    for path, words in {"/docs/": "Dokumentation", "/docs/en/": "Getting started", "/docs/de/": "Erste Schritte"}.items():
        answer = requests.get(service.base + path, timeout=30)
        assert answer.status_code == 200, path
        assert answer.headers["Content-Type"].startswith("text/html")
        answer.encoding = "utf-8"
        assert words in answer.text
    search = requests.get(f"{service.base}/docs/de/searchindex.js", timeout=30)
    assert search.status_code == 200 and "javascript" in search.headers["Content-Type"]

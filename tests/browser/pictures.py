"""The pictures of the dashboard in the documentation: `make pictures` takes them anew.

They are committed, as the documentation is built where there is no browser.  Beside them lies what each page said by itself
when its picture was taken; a page that says something else by now needs a new one.  CC_LOOK=FOLDER lets the tests leave
pictures of everything they open, to look at.
"""

from __future__ import annotations

import base64
import json
import os
import re
from pathlib import Path

import installation
from playwright.sync_api import Page

FOLDER = installation.ROOT / "www" / "docs" / "pictures"
TAKE = "CC_PICTURES" in os.environ
EXAMPLE = "cc_live_" + ("0Ab1Cd2Ef3" * 4)[:38]


def take(page: Page, language: str, name: str) -> None:
    """As Chromium packs it: WebP, sharp enough for dense screens, and without a secret that works."""
    if not TAKE:
        return
    page.evaluate("""example => {
        for (let walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), node; (node = walk.nextNode());)
            node.data = node.data.replace(/cc_live_\\w{38}/g, example);
    }""", EXAMPLE)  # fmt: skip
    debugger = page.context.new_cdp_session(page)
    debugger.send("Emulation.setDeviceMetricsOverride", {"width": 1140, "height": 760, "deviceScaleFactor": 1.33, "mobile": False})
    page.wait_for_timeout(150)
    made = base64.b64decode(debugger.send("Page.captureScreenshot", {"format": "webp", "quality": 60})["data"])
    debugger.send("Emulation.clearDeviceMetricsOverride")
    debugger.detach()
    (FOLDER / language).mkdir(parents=True, exist_ok=True)
    (FOLDER / language / f"{name}.webp").write_bytes(made)


def words(page: Page) -> list[str]:
    """What a page says by itself, whatever its data and however much of it."""
    said = [" ".join(re.sub(r"\d+\+?", "", text).split()) for text in page.locator("h2, nav a, th, label").all_text_contents()]
    return list(dict.fromkeys(filter(None, said)))


def outdated(language: str, said: dict[str, list[str]]) -> list[str]:
    """Pages that say something else than on their picture."""
    note = FOLDER / f"{language}.json"
    if TAKE:
        note.write_text(json.dumps(said, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    taken = json.loads(note.read_text(encoding="utf-8"))
    return [name for name in said if taken.get(name) != said[name]]

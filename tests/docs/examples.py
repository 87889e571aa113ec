"""The examples of the pages, read from their Markdown source.

A block marked sh, ts or python is an example and is run; `console`, `json` and `text` are only shown.  Blocks of a page in one
tab go on where the one before ended, as a reader's file would.  A python block outside of tabs belongs to the package's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

PAGES = Path(__file__).resolve().parents[2] / "www" / "docs"
TABS = {"curl": "sh", "typescript": "ts", "requests": "python", "codecourier": "python"}
TITLES = {"curl": "curl", "TypeScript": "typescript", "Python (requests)": "requests", "Python (codecourier)": "codecourier"}


@dataclass(frozen=True)
class Block:
    page: str
    tab: str
    language: str
    text: str
    line: int
    tab_set: int  # 0: outside


def blocks(path: Path) -> list[Block]:
    found, tab, tab_set, sets, fence, lines, began = [], "", 0, 0, None, [], 0
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if fence is not None:
            if line == "```":
                found.append(Block(path.stem, tab or "codecourier", fence, "\n".join(lines) + "\n", began, tab_set))
                fence = None
            else:
                lines.append(line)
        elif line == ":::::{tab-set}":
            sets += 1
            tab_set = sets
        elif line == ":::::":
            tab_set = 0
        elif line == "::::":
            tab = ""
        elif opened := re.fullmatch(r"::::\{tab-item\} (.*)", line):
            tab = TITLES[opened[1]]
        elif opened := re.fullmatch(r"```(\S+)", line):
            fence, lines, began = opened[1], [], number
        elif line.startswith("```{"):
            fence, lines, began = "directive", [], number
    assert fence is None, f"{path.name}: a block has no end"
    return found


NEEDS_CLIENTS = {"mcp"}  # of other packages: tests/web/test_mcp.py runs what stands there


def pages() -> list[Path]:
    return sorted(PAGES.glob("*.md"))


def script(path: Path, tab: str) -> str:
    return "\n".join(block.text for block in blocks(path) if block.tab == tab and block.language == TABS[tab])


def scripts() -> list[tuple[str, str]]:
    return [(path.stem, tab) for path in pages() for tab in TABS if path.stem not in NEEDS_CLIENTS and script(path, tab)]

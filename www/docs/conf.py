"""Sphinx's settings.  `make docs` builds the pages; language is given with -D language=de."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "_ext"))
sys.path.insert(0, str(HERE.parent / "words"))

import po  # noqa: E402

catalogues = po.read_all(HERE.parent / "words")

project = "CodeCourier"
author = "CodeCourier"
extensions = ["myst_parser", "sphinx_design", "sphinx_copybutton", "reference"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_*"]
nitpicky = True

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
suppress_warnings = ["toc.no_title"]

language = "en"
locale_dirs = [str(HERE.parents[1] / "build" / "docs-work" / "locale")]  # build.py writes it
gettext_compact = "codecourier"
gettext_uuid = False
gettext_location = True
gettext_allow_fuzzy_translations = False

# Pages name the English picture; the German ones show the one beside it.
figure_language_filename = "{path}../{language}/{basename}{ext}"

html_theme = "furo"
html_title = "CodeCourier"
html_static_path = ["_static"]
html_css_files = ["docs.css"]
html_favicon = "_static/mark.svg"
templates_path = ["_templates"]
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
html_show_copyright = False
html_sidebars = {
    "**": [
        "sidebar/brand.html",
        "sidebar/search.html",
        "sidebar/languages.html",
        "sidebar/scroll-start.html",
        "sidebar/navigation.html",
        "sidebar/scroll-end.html",
    ]
}
html_context = {
    "languages": [("en", "English"), *((one.language, one.name) for one in catalogues)],
    "choice": ", ".join(["Language", *(one.says("Language") for one in catalogues)]),
}

# A block that is typed shows its $; what is copied does not have it, nor the answers below it.
copybutton_prompt_text = "$ "
copybutton_exclude = ".linenos, .gp"

linkcheck_ignore = [r"^https?://"]  # nothing outside of these pages is asked

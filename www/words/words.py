"""One catalogue for each language, LANGUAGE.po beside this file, for everything that people read.

    words.py            write what is made of the catalogues: dashboard, command, package, notebooks        (make generate)
    words.py --check    say what of that is old, and which texts lack a translation                         (make generated)
    words.py --update   take all texts as they stand now, the documentation's included, into the catalogues;
                        translations are kept; say what is missing, by file                                 (make docs-catalogue)
    words.py --missing  the same without writing: ends with 1 when anything is missing, fuzzy, old or gone  (tests/docs)

--root DIRECTORY names another copy of the sources.  --update and --missing run Sphinx: the documentation's packages must be there.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

sys.dont_write_bytecode = True

import glossary
import outputs
import po
import sources

HERE = Path(__file__).resolve().parent


def catalogues(root: Path) -> list[po.Catalogue]:
    return po.read_all(root / "www" / "words")


def all_texts(root: Path, template: Path) -> list[sources.Text]:
    return [*sources.without_documentation(root), *sources.documentation(root, template)]


def template_of(root: Path) -> Path:
    """What Sphinx finds in the pages now."""
    sys.path.insert(0, str(root / "www" / "docs"))
    import build

    return build.template()


def updated(old: po.Catalogue, texts: Iterable[sources.Text]) -> po.Catalogue:
    """The texts in the order of their sources, each with what it was translated to.  What nobody says any more is dropped.

    A text that has got a context takes the translation that stood without, to be looked at: it is fuzzy.
    """
    fresh = po.Catalogue(old.language, old.header, old.notes)
    for text in texts:
        if text.key not in fresh.entries:
            known, bare = old.entries.get(text.key), old.entries.get(("", text.english))
            source = known or bare or po.Entry(text.english)
            fresh.add(po.Entry(text.english, text.context, text.plural, source.strings, [], source.notes, source.fuzzy or (known is None and bare is not None)))
        places = fresh.entries[text.key].places
        if text.place not in places:
            places.append(text.place)
    return fresh


# ---- what is wrong ----------------------------------------------------------------------------------------------------


def missing(catalogue: po.Catalogue, texts: Iterable[sources.Text]) -> list[str]:
    """A line for each text that is not translated, as "file: text"."""
    found = {}
    for text in texts:
        entry = catalogue.entries.get(text.key)
        if entry is None or not entry.translated or len(entry.strings) != (len(catalogue.plurals) if text.plural else 1):
            why = "fuzzy" if entry and entry.fuzzy else "not translated"
            context = f" [{text.context}]" if text.context else ""
            found.setdefault(text.key, f"{text.file}: {catalogue.language}: {why}: {text.english}{context}")
    return list(found.values())


def gone(catalogue: po.Catalogue, texts: Iterable[sources.Text]) -> list[str]:
    known = {text.key for text in texts}
    return [f"www/words/{catalogue.language}.po: nobody says this any more: {entry.english}" for entry in catalogue.entries.values() if entry.key not in known]


def wording(catalogue: po.Catalogue) -> list[str]:
    return glossary.faults(catalogue) + glossary.doubles(catalogue) + values(catalogue)


def values(catalogue: po.Catalogue) -> list[str]:
    """A translation has the values of its English."""
    def of(text: str) -> list[str]:
        return sorted(set(re.findall(r"\{\w+\}|%\(\w+\)[a-z]|%[a-z]\b", text)))

    return [
        f"www/words/{catalogue.language}.po: not the same values: {entry.english}"
        for entry in catalogue.entries.values()
        if entry.translated and of(" ".join(entry.strings)) != of(f"{entry.english} {entry.plural}")
    ]


def old(root: Path, made: dict[str, str]) -> list[str]:
    def now(name: str) -> str:
        path = root / name
        return path.read_text(encoding="utf-8") if path.exists() else ""

    return [name for name in made if now(name) != made[name]] + outputs.strays(root, made)


def report(lines: list[str]) -> None:
    """By file, with a count for each at the end."""
    for line in sorted(lines, key=lambda line: line.partition(":")[0]):
        print(line)
    for file, count in sorted(Counter(line.partition(":")[0] for line in lines).items()):
        print(f"{count:5} {file}")


# ---- the jobs ---------------------------------------------------------------------------------------------------------


def write(root: Path) -> None:
    made = outputs.all_of(root, catalogues(root))
    for name in old(root, made):
        path = root / name
        if name not in made:
            path.unlink()
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(made[name], encoding="utf-8")


def check(root: Path, texts: list[sources.Text]) -> list[str]:
    known = catalogues(root)
    lines = [f"{name}: old; run 'make generate' and commit" for name in old(root, outputs.all_of(root, known))]
    return lines + [line for one in known for line in missing(one, texts) + wording(one)]


def update(root: Path) -> list[str]:
    texts = all_texts(root, template_of(root))
    for one in catalogues(root):
        (root / "www" / "words" / f"{one.language}.po").write_text(po.written(updated(one, texts)), encoding="utf-8")
    write(root)
    return [line for one in catalogues(root) for line in missing(one, texts) + wording(one)]


def judge(root: Path) -> list[str]:
    texts = all_texts(root, template_of(root))
    return check(root, texts) + [line for one in catalogues(root) for line in gone(one, texts)]


def main() -> int:
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--root", type=Path, default=HERE.parents[1])
    for job in ("--check", "--update", "--missing"):
        given.add_argument(job, action="store_true")
    wanted = given.parse_args()
    lines: list[str] = []
    if wanted.update:
        lines = update(wanted.root)
    elif wanted.missing:
        lines = judge(wanted.root)
    elif wanted.check:
        lines = check(wanted.root, sources.without_documentation(wanted.root))
    else:
        write(wanted.root)
    report(lines)
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())

"""For a person's eyes: HTML tables, pandas, and the picture of a run's steps.  Nothing is imported before it is needed."""

from __future__ import annotations

import importlib
import io
from collections.abc import Iterable, Sequence
from datetime import datetime, timezone
from html import escape
from typing import TYPE_CHECKING, Any

from ._model import SECRETS, Model, masked, plain, snake
from ._texts import reason, t

if TYPE_CHECKING:
    import pandas
    from matplotlib.figure import Figure

# Colours come from the page, so that the tables read well on light and on dark.
TABLE = "border-collapse:collapse;color:inherit;background:transparent;font-size:0.9em;text-align:left"
CELL = "padding:0.25em 0.8em;border-bottom:1px solid rgba(128,128,128,0.35);text-align:left;vertical-align:top;color:inherit;background:transparent"
STATUS = {"completed": "#2e9d57", "running": "#3b82d6", "failed": "#d64545", "cancelled": "#8a8a8a", "paused": "#b8860b", "cancelling": "#b8860b"}
LISTED = ("id", "run_number", "name", "title", "status", "mode", "source", "type", "priority", "scopes", "step_count", "cost_usd", "created_at")
LONGEST, LONGEST_ALONE = 120, 1000  # characters of a value in a table of many, and of one
GREY = "#777777"  # as far from black as from white


def columns_of(there: Sequence[str]) -> list[str]:
    """Which columns a table of such rows shows: the telling ones, or all where those are few."""
    telling = [name for name in LISTED if name in there]
    return telling if len(telling) > 2 else list(there)


def needed(name: str, extra: str) -> Any:
    """An optional library, or an error that says how to get it."""
    try:
        return importlib.import_module(name)
    except ImportError:
        raise ImportError(t("{} is not installed: pip install 'codecourier[{}]'", name, extra)) from None


def text_of(value: Any) -> str:
    """One value as people write it."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return t("yes") if value else t("no")
    if isinstance(value, datetime):
        return value.astimezone(timezone.utc).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, Model):
        return text_of(value._data.get("name") or value._data.get("id") or str(value))
    if isinstance(value, (tuple, list)):
        if value and isinstance(value[0], Model):
            return f"{len(value)} × {type(value[0]).__name__}"
        return ", ".join(map(text_of, value))
    if isinstance(value, dict):
        return ", ".join(f"{name}: {'…' if name in SECRETS else text_of(one)}" for name, one in value.items()) or "–"
    return plain(value)


def cell(name: str, value: Any, longest: int = LONGEST) -> str:
    text = text_of(value)
    shown = escape(text if len(text) <= longest else text[: longest - 1] + "…")
    if name == "status" and isinstance(value, str):
        return f'<span style="color:{STATUS.get(value, "inherit")}">●</span> {shown}'
    if value is not None and (name == "id" or name.endswith("_id")):
        return f"<code>{shown}</code>"
    if name.endswith("_url") and isinstance(value, str) and value.startswith(("https://", "http://")):
        return f'<a href="{escape(value, quote=True)}" rel="noopener">{shown}</a>'
    return shown


# Members that say why, each with those of its code and of the values in it.
WHY = {name: (f"{name}Code", f"{name}Params") for name in ("error", "lastError", "pushError", "actionError", "refreshError")}
WHY |= {"output": WHY["error"], "message": ("code", "params")}


def members(model: Model) -> dict[str, Any]:
    """Every member by its name here, typed where it is known, fit to be shown."""
    shown = model._data.items()
    rows = {snake(name): "…" if name in SECRETS else getattr(model, snake(name), value) if name in model._members else value for name, value in shown}
    for name, (code, params) in WHY.items():
        if rows.get(snake(name)) and (said := reason(model._data.get(code), model._data.get(params))):
            rows[snake(name)] = said
    return rows


def model_html(model: Model) -> str:
    rows = "".join(
        f'<tr><th scope="row" style="{CELL};font-weight:600">{escape(name)}</th><td style="{CELL}">{cell(name, value, LONGEST_ALONE)}</td></tr>' for name, value in members(model).items()
    )
    return f'<table style="{TABLE}"><caption style="text-align:left;font-weight:600;color:inherit">{escape(type(model).__name__)}</caption>{rows}</table>'


def page_html(kind: type[Model], rows: Sequence[Model], more: bool) -> str:
    there = {snake(name) for row in rows for name in row._data}
    columns = columns_of([snake(name) for name in kind._members if snake(name) in there])
    head = "".join(f'<th scope="col" style="{CELL};font-weight:600">{escape(name)}</th>' for name in columns)
    body = "".join("<tr>" + "".join(f'<td style="{CELL}">{cell(name, getattr(row, name, None))}</td>' for name in columns) + "</tr>" for row in rows)
    note = f"{len(rows)} × {kind.__name__}" + (t(", more behind them") if more else "")
    return f'<table style="{TABLE}"><caption style="text-align:left;color:inherit">{escape(note)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


# ---- pandas

def _cell(value: Any) -> Any:
    if isinstance(value, Model):
        return _cell(value.to_dict())
    if isinstance(value, dict):
        return {name: "…" if name in SECRETS else _cell(one) for name, one in value.items()}
    if isinstance(value, (tuple, list)):
        return [_cell(one) for one in value]
    return masked(value) if isinstance(value, str) else value


def series(model: Model) -> pandas.Series[Any]:
    pd = needed("pandas", "pandas")
    return pd.Series({name: _cell(value) for name, value in members(model).items()}, name=model._data.get("id"), dtype=object)  # type: ignore[no-any-return]


def frame(kind: type[Model], rows: Iterable[Model]) -> pandas.DataFrame:
    pd = needed("pandas", "pandas")
    table = [{name: _cell(value) for name, value in members(row).items()} for row in rows]
    made = pd.DataFrame(table, columns=None if table else [snake(name) for name in kind._members])
    for name in made.columns:
        if name.endswith("_at") or name == "at":
            made[name] = pd.to_datetime(made[name], utc=True)
    return made  # type: ignore[no-any-return]


# ---- the picture

def timeline(run: Model, steps: Sequence[Any]) -> Figure:
    """A bar for each step, from its start to its end; what has not begun has none."""
    needed("matplotlib", "plot")
    from matplotlib.figure import Figure

    class Picture(Figure):
        """Shows itself in a notebook, without pyplot and the state it keeps."""

        def _repr_png_(self) -> bytes:
            png = io.BytesIO()
            self.savefig(png, format="png", dpi=110, transparent=True)
            return png.getvalue()

    now = datetime.now(timezone.utc)
    begun = [step.started_at for step in steps if step.started_at is not None]
    first = min(begun) if begun else now
    figure = Picture(figsize=(8, 0.8 + 0.4 * max(1, len(steps))), layout="constrained")
    axes = figure.add_subplot()
    for place, step in enumerate(steps):
        if step.started_at is not None:
            end = step.finished_at or now
            axes.barh(place, max(0.2, (end - step.started_at).total_seconds()), left=(step.started_at - first).total_seconds(), color=STATUS.get(step.status, "#8a8a8a"))
    axes.set_yticks(range(len(steps)), [plain(f"{step.label} ({step.status})") for step in steps], parse_math=False)  # a label's $ is a $
    axes.set_ylim(max(1, len(steps)) - 0.5, -0.5)  # the first one on top, and room for those that have not begun
    axes.set_xlabel(t("seconds since the first step began"))
    axes.set_title(text_of(run), loc="left", color=GREY, parse_math=False)
    axes.tick_params(colors=GREY)
    axes.xaxis.label.set_color(GREY)
    for side, spine in axes.spines.items():
        spine.set_visible(side in ("left", "bottom"))
        spine.set_color(GREY)
    return figure

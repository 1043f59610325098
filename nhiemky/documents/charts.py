"""Charts out, drawn by Vega-Lite: pictures whose every bar is a link, fit for a page with a strict policy of styles.

What is drawn is told in frozen dataclasses; the same contents give the same picture, which is kept in memory.
"""

from __future__ import annotations

import io
import textwrap
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from typing import Any

import vl_convert
from django.utils.translation import gettext as _
from PIL import Image

from nhiemky.documents.svg import HERE, cleaned

WIDE, NARROW = 720, 344
PANEL_HEIGHT = {WIDE: 190, NARROW: 150}
FONT = "Be Vietnam Pro, Segoe UI, Roboto, Noto Sans, DejaVu Sans, sans-serif"
INK, SOFT, LINE, TRACK = "#14212b", "#4d5c68", "#d9e0e5", "#edf1f4"
LOCALE = {"decimal": ",", "thousands": ".", "grouping": [3], "currency": ["", ""]}
FEW, MOST_PEAKS = 14, 6
LETTER, BOLD = 0.58, 0.66  # mean width of a letter, in parts of its height
APART = 76  # pixels between two numbers on a picture


class Tone(StrEnum):
    """The colour of a bar. It never says anything that no word says beside it."""

    PLAIN = "#4f8fcb"
    STRONG = "#084a89"
    MET = "#0f6a43"
    ON_COURSE = "#0a5aa6"
    BEHIND = "#8a4b00"
    NOT_MET = "#a4262c"
    NOT_MEASURABLE = "#55636e"


@dataclass(frozen=True)
class Bar:
    """A value with its words. `text` stands on the picture, `told` is read where one points at the bar.

    `tick` and `mark` stand under a column; `note` behind the text of a row; an empty `href` is no link.
    """

    label: str
    value: Fraction | int | None
    text: str
    told: str
    href: str = ""
    tone: Tone = Tone.PLAIN
    tick: str = ""
    mark: str = ""
    note: str = ""


@dataclass(frozen=True)
class Panel:
    """Bars on one scale; `scale` is what the axis divides by, `unit` what it then counts in."""

    title: str
    bars: tuple[Bar, ...]
    scale: int = 1
    unit: str = ""


@dataclass(frozen=True)
class Chart:
    """A picture: columns over time, or rows one below the other; `bound` is where rows have what they aim at."""

    title: str
    message: str
    panels: tuple[Panel, ...]
    rows: bool = False
    bound: int | None = None
    bound_label: str = ""


@lru_cache(maxsize=256)
def inline_svg(chart: Chart, width: int = WIDE) -> str:
    """The picture as a part of a page: colours are classes that the style sheets fill, text in the page's font."""
    return cleaned(_drawn(_spec(chart, width)), inline=True, label=chart.message)


@lru_cache(maxsize=64)
def svg(chart: Chart, width: int = WIDE) -> str:
    """The picture as a file of its own, on white."""
    return cleaned(_drawn(_titled(chart, width)), inline=False, label=chart.message)


@lru_cache(maxsize=32)
def png(chart: Chart, width: int = WIDE) -> bytes:
    """The picture as pixels, fine enough for paper."""
    pixels = Image.open(io.BytesIO(vl_convert.svg_to_png(_drawn(_titled(chart, width)), scale=2)))
    kept = io.BytesIO()
    # a handful of colours and their edges: a tenth of the bytes
    pixels.convert("RGB").quantize(64).save(kept, "PNG", optimize=True)
    return kept.getvalue()


def forget() -> None:
    """Nothing is kept in memory any more: for tests and benchmarks that measure the drawing."""
    for kept in (inline_svg, svg, png):
        kept.cache_clear()


def _drawn(spec: dict[str, Any]) -> str:
    return str(vl_convert.vegalite_to_svg(spec, format_locale=LOCALE, allowed_base_urls=[]))


def _titled(chart: Chart, width: int) -> dict[str, Any]:
    """On white, under its title and with the sentence that it shows: a file has no page around it."""
    spec = _spec(chart, width)
    lines = _lines(chart.title, width - 74, 16, 3, BOLD), _lines(chart.message, width - 74, 12, 6)
    spec["title"] = {
        "text": lines[0], "subtitle": lines[1], "anchor": "start", "frame": "group", "fontSize": 16, "color": INK,
        "subtitleFontSize": 12, "subtitleColor": SOFT, "subtitlePadding": 6, "offset": 16, "subtitleLineHeight": 16,
    }  # fmt: skip
    return spec | {"background": "#ffffff", "padding": 16}


def _spec(chart: Chart, width: int) -> dict[str, Any]:
    parts = [_rows(panel, chart, width) if chart.rows else _columns(panel, width) for panel in chart.panels]
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "background": None,
        "padding": 2,
        "spacing": 18,
        "vconcat": parts,
        "config": {
            "font": FONT,
            "view": {"stroke": None},
            "title": {"font": FONT, "subtitleFont": FONT},
            "text": {"fontSize": 12, "fill": INK},
        },
    }


# --- columns over time -------------------------------------------------------------------------------------------


def _columns(panel: Panel, width: int) -> dict[str, Any]:
    height, shown = PANEL_HEIGHT[width], _peaks(panel.bars, (width - 84) / max(len(panel.bars), 1))
    rows = [
        {
            "i": at,
            "v": float(bar.value) if bar.value is not None else 0.0,
            "text": bar.text if at in shown else "",
            "tick": bar.tick,
            "mark": bar.mark,
            "tone": bar.tone.value,
            **_told(bar),
        }
        for at, bar in enumerate(panel.bars)
    ]
    x = {"field": "i", "type": "ordinal", "axis": None, "scale": {"paddingInner": 0.2, "paddingOuter": 0.1}}
    y = {"field": "v", "type": "quantitative", "axis": _axis(panel), "scale": {"domainMin": 0}}
    linked = {"href": {"field": "href"}, "description": {"field": "told"}}
    return {
        "width": width - 84,
        "height": height,
        "title": {"text": panel.title, "anchor": "start", "frame": "group", "fontSize": 13, "color": INK, "offset": 18},
        "data": {"values": rows},
        "encoding": {"x": x},
        "layer": [
            {"mark": "bar", "encoding": {"y": y, "color": {"field": "tone", "type": "nominal", "scale": None}}},
            {"mark": {"type": "text", "baseline": "bottom", "dy": -4}, "encoding": {"y": y, "text": {"field": "text"}}},
            _under("tick", height + 16, SOFT),
            _under("mark", height + 32, INK),
            # the whole height of a column is what one points at
            {
                "transform": [{"filter": "datum.href != ''"}],
                "mark": {"type": "bar", "fillOpacity": 0},
                "encoding": {"y": {"value": 0}, "y2": {"value": height}, **linked},
            },
        ],
    }


def _under(name: str, y: int, colour: str) -> dict[str, Any]:
    mark = {"type": "text", "fill": colour, "fontWeight": 600 if name == "mark" else 400}
    return {"mark": mark, "encoding": {"y": {"value": y}, "text": {"field": name}}}


def _axis(panel: Panel) -> dict[str, Any]:
    unit = f" + ' {panel.unit}'" if panel.unit else ""
    return {
        "title": None, "domain": False, "ticks": False, "tickCount": 4, "gridColor": LINE, "labelColor": SOFT,
        "labelFontSize": 12, "labelPadding": 8, "labelExpr": f"format(datum.value / {panel.scale}, ',~f'){unit}",
        "minExtent": 72, "maxExtent": 72,
    }  # fmt: skip


def _peaks(bars: tuple[Bar, ...], step: float) -> set[int]:
    """The columns that carry their number: the highest, as far as numbers meet neither each other nor a column."""
    found: set[int] = set()
    reach = int(APART / 2 / step)
    for at in sorted((at for at, bar in enumerate(bars) if bar.value), key=lambda at: -(bars[at].value or 0)):
        beside = bars[max(at - reach, 0) : at + reach + 1]
        if any((bar.value or 0) > (bars[at].value or 0) for bar in beside):
            continue
        if all(abs(at - other) * step >= APART for other in found):
            found.add(at)
        if len(found) == MOST_PEAKS and len(bars) > FEW:
            break
    return found


# --- rows one below the other ------------------------------------------------------------------------------------


def _rows(panel: Panel, chart: Chart, width: int) -> dict[str, Any]:
    """Words first, the bar under them: long names stay whole on a phone."""
    top, rows = 20 if chart.bound else 4, []
    for bar in panel.bars:
        label = _lines(bar.label, width, 13, 3, BOLD)
        text = _lines(" · ".join(filter(None, (bar.text, bar.note))), width, 12, 2)
        beginning = top + 17 * len(label) + 16 * len(text)
        rows.append(
            {
                "label": label,
                "label_y": top,
                "text": text,
                "text_y": top + 17 * len(label),
                "y": beginning + 2,
                "y2": beginning + 14,
                "rule": beginning - 1,
                "rule2": beginning + 17,
                "v": float(bar.value) if bar.value is not None else 0.0,
                "tone": bar.tone.value,
                "from": top - 4,
                "to": beginning + 18,
                **_told(bar),
            }
        )
        top = beginning + 30
    largest = max((row["v"] for row in rows), default=0.0)
    domain = min(max(largest, chart.bound), 1.5 * chart.bound) if chart.bound else largest
    x = {"field": "v", "type": "quantitative", "axis": None, "scale": {"domain": [0, domain or 1], "clamp": True}}
    at = {name: _pixel(name) for name in ("y", "y2", "label_y", "text_y", "from", "to", "rule")}
    place = {"y": at["y"], "y2": {"field": "y2"}}
    layers: list[dict[str, Any]] = [
        {"mark": {"type": "rect", "fill": TRACK}, "encoding": {"x": {"value": 0}, "x2": {"value": width}, **place}},
        {
            "mark": "rect",
            "encoding": {
                "x": x,
                "x2": {"datum": 0},
                **place,
                "color": {"field": "tone", "type": "nominal", "scale": None},
            },
        },
        _words("label", at["label_y"], 13, INK, width),
        _words("text", at["text_y"], 12, SOFT, width),
    ]
    if chart.bound:
        goal = {"x": {"datum": chart.bound, "type": "quantitative", "scale": {"domain": [0, domain]}, "axis": None}}
        rule = {"y": at["rule"], "y2": {"field": "rule2"}}
        layers += [
            {"mark": {"type": "rule", "stroke": INK, "strokeWidth": 2}, "encoding": {**goal, **rule}},
            {
                "data": {"values": [{"text": chart.bound_label}]},
                "mark": {"type": "text", "align": "right", "baseline": "top", "fill": SOFT},
                "encoding": {**goal, "y": {"value": 0}, "text": {"field": "text"}},
            },
        ]
    layers.append(
        {
            "transform": [{"filter": "datum.href != ''"}],
            "mark": {"type": "rect", "fillOpacity": 0},
            "encoding": {
                "x": {"value": 0},
                "x2": {"value": width},
                "y": at["from"],
                "y2": {"field": "to"},
                "href": {"field": "href"},
                "description": {"field": "told"},
            },
        }
    )
    return {"width": width, "height": max(top - 12, 20), "data": {"values": rows}, "layer": layers}


def _pixel(name: str) -> dict[str, Any]:
    return {"field": name, "type": "quantitative", "scale": None, "axis": None}


def _words(name: str, y: dict[str, Any], size: int, colour: str, width: int) -> dict[str, Any]:
    mark = {
        "type": "text", "align": "left", "baseline": "top", "fontSize": size, "fill": colour, "limit": width,
        "lineHeight": size + 4, "fontWeight": 600 if name == "label" else 400,
    }  # fmt: skip
    return {"mark": mark, "encoding": {"x": {"value": 0}, "y": y, "text": {"field": name}}}


def _told(bar: Bar) -> dict[str, str]:
    return {"href": f"{HERE}{bar.href}" if bar.href else "", "told": bar.told}


def _lines(text: str, width: int, size: int, most: int, letter: float = LETTER) -> list[str]:
    """The text in lines that fit; the last one ends in dots where there would be more."""
    letters = max(8, int(width / (size * letter)))
    return textwrap.wrap(text, letters, max_lines=most, placeholder="…") or [""]


def shortened(value: int, scale: int, unit: str) -> str:
    """A number on a picture, to a tenth of the unit, halves up: 1636500000 by a million is '1.636,5 triệu'."""
    tenths = (value * 20 + scale) // (2 * scale)
    whole = f"{tenths // 10:,}".replace(",", ".")
    rest = f",{tenths % 10}" if tenths % 10 else ""
    return f"{whole}{rest} {unit}".strip()


def money_scale(largest: int) -> tuple[int, str]:
    """What a scale of money counts in."""
    if largest >= 10_000_000_000:
        return 1_000_000_000, _("tỷ")
    return (1_000_000, _("triệu")) if largest >= 1_000_000 else (1, _("đồng"))

"""The fictional province, drawn from the recipe in `data/demo` with a fixed seed as an exchange file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from nhiemky.config.province import stated, tree
from nhiemky.config.province.people import Register
from nhiemky.config.province.recipe import Line, Recipe
from nhiemky.config.province.works import REPORT, Ledger

__all__ = ["lines_of_province", "province_files"]


def province_files(folder: Path) -> tuple[bytes, bytes]:
    """The exchange files that the recipe in the folder gives: always the same bytes.

    The second one speaks of units that the reform founds (`province.reform`), so it is loaded after that.
    """
    recipe = Recipe(folder)
    header, *lines = lines_of_province(recipe)
    after = [line for line in lines if _of_new_unit(line, recipe)]
    before = [line for line in lines if not _of_new_unit(line, recipe)]
    return _file([header, *before]), _file([header, *after])


def _of_new_unit(line: Line, recipe: Recipe) -> bool:
    # a cancellation names its entry only, whose code begins with the unit's
    return line.get("unit", line.get("cancels", "").partition(".")[0]) in recipe.founded


def _file(lines: list[Line]) -> bytes:
    written = (json.dumps(line, ensure_ascii=False, separators=(",", ":")) for line in lines)
    return "\n".join(written).encode() + b"\n"


def lines_of_province(recipe: Recipe) -> Iterator[Line]:
    """Its lines, each after what it points at."""
    register = Register(recipe)
    register.fill()
    offices = tree.offices(recipe)
    posts = tree.posts(recipe, offices, register)
    ledger = Ledger(recipe)
    ledger.fill()
    first_terms = {each.unit: (each.start, each.last) for each in offices if each.last and each.start.year < 2023}
    stocks, stocks_again = stated.statements(recipe)

    yield {"type": "nhiemky", "version": 1, "title": "Tỉnh Hư Cấu (hư cấu): sổ việc năm năm", "fictional": True}
    yield {
        "type": "source", "id": REPORT, "title": "Báo cáo tổng kết nhiệm kỳ của các đơn vị (hư cấu)",
        "published": "2023", "note": "Văn bản hư cấu để xem thử.",
    }  # fmt: skip
    yield from tree.units(recipe)
    yield from tree.terms(offices)
    yield from register.lines()
    yield from posts
    yield from tree.congresses(recipe, offices)
    yield from register.entries
    yield from ledger.entries
    yield from ledger.totals(first_terms)
    yield from ledger.corrections
    yield from ledger.cancellations
    yield from stocks
    yield from stocks_again
    yield from stated.targets(recipe, offices)

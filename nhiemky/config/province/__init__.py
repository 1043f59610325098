"""The fictional province, drawn from the recipe in `data/demo` with a fixed seed as an exchange file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from nhiemky.config.province import stated, tree
from nhiemky.config.province.people import Register
from nhiemky.config.province.recipe import Line, Recipe
from nhiemky.config.province.works import REPORT, Ledger

__all__ = ["lines_of_province", "province_file"]


def province_file(folder: Path) -> bytes:
    """The exchange file that the recipe in the folder gives: always the same bytes."""
    lines = (json.dumps(line, ensure_ascii=False, separators=(",", ":")) for line in lines_of_province(folder))
    return "\n".join(lines).encode() + b"\n"


def lines_of_province(folder: Path) -> Iterator[Line]:
    """Its lines, each after what it points at."""
    recipe = Recipe(folder)
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

"""What a person may be besides a member, and the dues of a month, read from `data/catalogue`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache

from nhiemky.foundation import catalogue
from nhiemky.rules.timeline import Span, months_later


@dataclass(frozen=True)
class Kind:
    """A standing: `lapses` in months after which it ends by itself, 0 for never; `once`: not two at a time."""

    code: str
    label: str
    short: str
    secrecy: str
    once: bool
    lapses: int = 0

    def lapsing(self, valid: Span) -> Span:
        """The span with the end that comes by itself."""
        assert valid.starts_on is not None
        return Span(valid.starts_on, months_later(valid.starts_on, self.lapses), valid.start_precision)


@cache
def kinds() -> dict[str, Kind]:
    return {
        row["code"]: Kind(row["code"], row["label"], row["short"], row["class"], row["once"], row.get("lapses", 0))
        for row in catalogue.rows("catalogue/standings.toml", "standing")
    }


def monthly_dues(wage: int, month: date) -> int:
    """Whole đồng of dues for a month, for a monthly wage in whole đồng; halves up (charter 1.2, QĐ 61/QĐ-TLĐ)."""
    rate = _on("rate", month)
    due = Fraction(wage * rate["per_mille"], 1000)
    cap = Fraction(_on("base_wage", month)["value"] * rate["cap_per_mille"], 1000)
    return int(min(due, cap) + Fraction(1, 2))


def _on(name: str, day: date) -> dict:
    rows = sorted(catalogue.rows("catalogue/dues.toml", name), key=lambda row: row["from"])
    return [row for row in rows if row["from"] <= day or row is rows[0]][-1]

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


@dataclass(frozen=True)
class Reckoned:
    """The dues of a month, and how they come about: parts of 1,000 of the wage, at most `cap` whole đồng."""

    month: date
    due: int
    per_mille: int
    cap: int
    capped: bool
    source: str
    checked: bool


def monthly_dues(wage: int, month: date) -> int:
    """Whole đồng of dues for a month, for a monthly wage in whole đồng; halves up (charter 1.2, QĐ 61/QĐ-TLĐ)."""
    return reckoned(wage, month).due


def reckoned(wage: int, month: date) -> Reckoned:
    """The dues of a month by the rate and the base wage of that day."""
    rate, base = _on("rate", month), _on("base_wage", month)
    due = Fraction(wage * rate["per_mille"], 1000)
    cap = Fraction(base["value"] * rate["cap_per_mille"], 1000)
    sure = all("memory" not in row["sure"] for row in (rate, base) if row is rate or due > cap)
    return Reckoned(
        month, _halves_up(min(due, cap)), rate["per_mille"], _halves_up(cap), due > cap, rate["source"], sure
    )


def _halves_up(value: Fraction) -> int:
    return int(value + Fraction(1, 2))


def months_in(span: Span) -> list[date]:
    """The first days of the whole months of a span that has both ends."""
    assert span.starts_on and span.ends_before
    found, month = [], span.starts_on.replace(day=1)
    while month < span.ends_before:
        found.append(month)
        month = months_later(month, 1)
    return found


def _on(name: str, day: date) -> dict:
    rows = _dated(name)
    return [row for row in rows if row["from"] <= day or row is rows[0]][-1]


@cache
def _dated(name: str) -> list[dict]:
    return sorted(catalogue.rows("catalogue/dues.toml", name), key=lambda row: row["from"])

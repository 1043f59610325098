"""What templates show of figures and targets: texts, addresses and meters, nothing to compute."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from nhiemky.figures.definitions import definitions
from nhiemky.rules.indicators import Measure
from nhiemky.rules.timeline import PartialDate
from nhiemky.web.figures.links import figure_href

PERCENT = {Measure.RATIO, Measure.GRADED, Measure.SHARE, Measure.STATED, Measure.TARGETS}


@dataclass(frozen=True)
class Fig:
    """A figure as a link; without an address (a file on disk, an issued document) it is plain text."""

    text: str
    href: str = ""
    how: str = ""


@dataclass(frozen=True)
class Meter:
    """Numbers of a <meter>, as the attributes want them: no separators."""

    value: str
    max: str


@dataclass(frozen=True)
class YearShown:
    """One year of a target that holds for each year."""

    year: str
    measured: Fig
    state: str
    state_text: str
    reason: str


@dataclass(frozen=True)
class TargetShown:
    """A target on the board or in a report."""

    code: str
    label: str
    aim: str
    measured: Fig
    state: str
    state_text: str
    reason: str
    clause: str = ""
    quotation: str = ""
    source: str = ""
    meter: Meter | None = None
    years: tuple[YearShown, ...] = ()
    href: str = ""
    assigned: str = ""


def meter_of(target: Mapping[str, Any]) -> Meter | None:
    """How far a target is on its way, from its documented JSON; None where no number was set or measured."""
    bound = target.get("min", target.get("value"))
    value = _measured(target)
    if bound is None or not bound or value is None:
        return None
    return Meter(_plain(min(value, Fraction(str(bound)))), _plain(Fraction(str(bound))))


def _measured(target: Mapping[str, Any]) -> Fraction | None:
    measured = target["measured"]
    if "numerator" in measured:
        if not measured["denominator"]:
            return None
        share = Fraction(measured["numerator"], measured["denominator"])
        return share * 100 if definitions()[target["indicator"]].measure in PERCENT else share
    value = measured.get("value")
    return None if value is None else Fraction(str(value))


def _plain(value: Fraction) -> str:
    return f"{float(value):.2f}".rstrip("0").rstrip(".")


def measured_href(target: Mapping[str, Any], unit_code: str) -> str:
    """Where the figure of a target in a report opens."""
    measured = target["measured"]
    period = measured.get("period", target["period"])
    as_of = measured.get("as_of")
    day: date | None = PartialDate.parse(as_of).last if as_of else None
    return figure_href(target["indicator"], unit_code, period, day)

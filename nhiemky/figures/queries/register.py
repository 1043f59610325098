"""What the register of members says in the place of entries and statements, from the cut-over of each unit on.

The register speaks in the words of the ledger: facts of who joined and left, and stocks at a day. Figures, targets,
charts and reports then need to know no more of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from datetime import date
from typing import Any

from nhiemky.members.features import of_block
from nhiemky.members.queries.counting import (
    Event,
    joined,
    joining_group,
    leaving_group,
    left,
)
from nhiemky.rules.indicators import Count, Fact, StockFact
from nhiemky.rules.quantities import Quantity
from nhiemky.rules.timeline import Span
from nhiemky.units.history import Lines
from nhiemky.units.queries import UnitCard

ADMITTED, LEFT = "member_admission", "member_leaving"
# what no entry says: a move between units is no admission and no leaving where a level holds both
ARRIVED, DEPARTED = "member_arrival", "member_departure"
EVENTS = frozenset({ADMITTED, LEFT, ARRIVED, DEPARTED})
# the kinds of entries that the register replaces
REPLACED = frozenset({ADMITTED, LEFT})
WORD = "nguoi"
PREFIX = "so-doan-vien"
WOMENS_COMMITTEE = "women_committee_members"
# subject of a statement -> the feature of the members it speaks of
SUBJECTS: dict[str, tuple[str, str]] = {
    "members": ("", ""),
    "female_members": ("sex", "female"),
    "party_members": ("party", "yes"),
    WOMENS_COMMITTEE: ("", ""),
}


def events(
    units: Any, period: Span, *, each: bool = False, kinds: Set[str] = EVENTS
) -> Iterator[tuple[str, dict[str, str], Event]]:
    """Kind of work, dimensions and event of all who joined, left and moved; nobody is looked for but for the `kinds`."""
    for event in joined(units, period, each=each) if kinds & {ADMITTED, ARRIVED} else ():
        if joining_group(event.how):
            yield ADMITTED, dict(event.features), event
        elif event.how == "moved":
            yield ARRIVED, dict(event.features), event
    for event in left(units, period, each=each) if kinds & {LEFT, DEPARTED} else ():
        group = leaving_group(event.how)
        if group == "reorganised":
            continue
        dimension = {"leaving": group} if group else {}
        yield (DEPARTED if group == "moved" else LEFT), dict(event.features) | dimension, event


def facts_of(
    found: Iterable[tuple[str, dict[str, str], Event]],
    cards: Mapping[int, UnitCard],
    lines: Lines,
) -> list[Fact]:
    """The events as the rules see them; alike ones have one code and are one fact."""
    counts: dict[str, int] = {}
    first: dict[str, tuple[str, dict[str, str], Event]] = {}
    for kind, details, event in found:
        code = code_of(kind, details, event, cards)
        counts[code] = counts.get(code, 0) + event.count
        first.setdefault(code, (kind, details, event))
    facts = []
    # in the order of time, whatever order a database gives
    for code, (kind, details, event) in sorted(first.items(), key=lambda pair: (pair[1][2].span.last_day, pair[0])):
        card = cards[event.unit]
        line, stood = lines.of(event.unit, min(event.span.last_day, card.life.last_day))
        facts.append(
            Fact(
                code=code,
                unit=event.unit,
                line=line,
                stood=stood,
                kind=kind,
                span=event.span,
                order=0,
                counts=(Count(WORD, Quantity(counts[code])),),
                details=details | of_block(card.block),
                register=True,
            )
        )
    return facts


def code_of(kind: str, details: Mapping[str, str], event: Event, cards: Mapping[int, UnitCard]) -> str:
    said = ",".join(f"{name}={value}" for name, value in sorted(details.items()))
    return f"{PREFIX}:{cards[event.unit].code}:{kind}:{event.span.isoformat()}:{said}"


def stocks_on(
    day: date,
    begun: Mapping[int, date],
    code: str,
    found: Mapping[int, int],
    cards: Mapping[int, UnitCard],
) -> dict[int, StockFact]:
    """Unit -> its stock of the day, of the units counted from the register by then; one without anybody has none left."""
    known = [unit for unit, begins_on in begun.items() if begins_on <= day]
    return {
        unit: StockFact(
            f"{PREFIX}:{cards[unit].code}:{code}:{day.isoformat()}",
            unit,
            Span.on(day),
            Quantity(found.get(unit, 0)),
            order=0,
        )
        for unit in known
    }

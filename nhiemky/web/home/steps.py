"""The first things to do at a unit, shown to whoever answers for it until all are done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from nhiemky.ledger.models import Entry
from nhiemky.units.models import Unit
from nhiemky.units.queries import living_grants


@dataclass(frozen=True)
class Steps:
    """Which of the first things are done at a unit."""

    code: str
    recorded: bool
    term: bool
    invited: bool


def steps_at(units: Sequence[Unit], today: date) -> Steps | None:
    """Of the first unit among them; None when all is done, or there is none."""
    if not units:
        return None
    unit = units[0]
    found = Steps(
        unit.code,
        recorded=Entry.objects.filter(unit=unit).exists(),
        term=unit.terms.filter(superseded_at__isnull=True).exists(),
        invited=living_grants(today).filter(unit=unit).values("user").distinct().count() > 1,
    )
    return None if found.recorded and found.term and found.invited else found

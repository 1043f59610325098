"""Opening statements: what units stated that end, added up for those that go on, so that no stock falls or rises.

Source: shared decisions on figures (a merge or a split writes opening statements for the successors).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from nhiemky.figures.queries.material import Material, gather
from nhiemky.figures.queries.register import SUBJECTS
from nhiemky.foundation.batch import batch
from nhiemky.foundation.many import these
from nhiemky.foundation.models import User
from nhiemky.ledger.actions import cancel_statement, record_statement
from nhiemky.ledger.models import Statement
from nhiemky.ledger.queries import living
from nhiemky.reforms.models import Reorganisation
from nhiemky.reforms.queries.plan import Plan
from nhiemky.rules.indicators import Coverage, latest, stock_on
from nhiemky.rules.quantities import Quantity, Total, total
from nhiemky.rules.timeline import Span
from nhiemky.units.models import Unit


@dataclass(frozen=True)
class Opening:
    """What a unit that goes on states of a subject on the first day, and of whom that is the sum."""

    unit: str
    subject: str
    coverage: Coverage
    quantity: Quantity
    parts: tuple[str, ...]


def openings(event: Reorganisation, plan: Plan) -> list[Opening]:
    """What is to be stated once the plan is applied; read before it is.

    Taken on the day itself: what another event of that day, or the unit that goes on, has stated of it holds already.
    """
    sources: dict[str, list[str]] = {}
    for row in plan.changes.successions:
        if row.heir and row.unit in plan.ended:
            sources.setdefault(row.successor, []).append(row.unit)
    if not sources:
        return []
    material = gather(event.unit, [Span.on(plan.day)], plan.day)
    key = {card.code: pk for pk, card in material.cards.items()}
    parents = {child: unit for unit, below in material.children_on(plan.day).items() for child in below}
    living = set(material.living_on(plan.day))
    found = []
    for into, units in sources.items():
        parts = [key[unit] for unit in units]
        own = [key[into]] if key.get(into) in living else []
        tops = [unit for unit in (*own, *parts) if not _over(unit, parents) & {*own, *parts}]
        for subject in material.stocks:
            found += _of_subject(material, into, subject, own, parts, tops, plan.day)
    return found


def _over(unit: int, parents: Mapping[int, int]) -> set[int]:
    found: set[int] = set()
    while (parent := parents.get(unit)) is not None and parent not in found:
        found.add(unit := parent)
    return found


def _of_subject(
    material: Material, into: str, subject: str, own: list[int], parts: list[int], tops: list[int], day: date
) -> list[Opening]:
    counted = {unit for unit in (*own, *parts) if material.begun.get(unit, date.max) <= day}
    if subject in SUBJECTS and counted and set(own or parts) <= counted:
        # the register goes on counting them, under the unit that they are members of now
        return []
    stated = material.stocks_on(subject, day)
    names = tuple(material.cards[unit].short for unit in (*own, *parts))
    found = []

    def open_with(whole: Total, coverage: Coverage) -> None:
        if whole.value is not None:
            found.append(Opening(into, subject, coverage, Quantity(whole.value, whole.comparator), names))

    # whoever speaks for all below goes on speaking; what stands below another of them is in that one's number already
    if any(latest(stated.get(unit, ()), day, below=True) for unit in (*own, *parts)):
        whole = Total()
        for unit in tops:
            whole += stock_on(unit, material.children_on(day), stated, day).total
        open_with(whole, Coverage.BELOW)
    if any(latest(stated.get(unit, ()), day, below=False) for unit in parts):
        words = [latest(stated.get(unit, ()), day, below=False) for unit in (*own, *parts)]
        open_with(total([fact.quantity for fact in words if fact]), Coverage.OWN)
    return found


def write_openings(event: Reorganisation, by: User, opened: list[Opening], today: date) -> int:
    """State them; how many."""
    units = {unit.code: unit for unit in Unit.objects.filter(code__in=sorted({each.unit for each in opened}))}
    with batch():
        for number, each in enumerate(opened, 1):
            names = ", ".join(each.parts[:10]) + (" …" if len(each.parts) > 10 else "")
            record_statement(
                by=by, unit=units[each.unit], subject=each.subject, period=Span.on(event.day),
                today=max(today, event.day), value=each.quantity, coverage=each.coverage,
                note=_("Số mở đầu khi sắp xếp tổ chức, cộng của: %(names)s.") % {"names": names},
                code=f"{event.code}-{number}",
            )  # fmt: skip
    return len(opened)


def opened_by(event: Reorganisation) -> QuerySet[Statement]:
    """What the event stated, whether it still holds or not."""
    codes = {f"{event.code}-{number}" for number in range(1, event.counts.get("stocks", 0) + 1)}
    alike = Statement.objects.filter(code__startswith=f"{event.code}-") if codes else Statement.objects.none()
    found: QuerySet[Statement] = Statement.objects.filter(
        pk__in=these(pk for pk, code in alike.values_list("pk", "code") if code in codes)
    )
    return found


def cancel_openings(event: Reorganisation, by: User, reason: str) -> None:
    """The event is annulled: what it stated never held."""
    for statement in living(opened_by(event)).select_related("unit"):
        cancel_statement(by=by, statement=statement, reason=reason)

"""The first page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from nhiemky.documents.queries import issued_among
from nhiemky.figures import queries
from nhiemky.foundation import clock
from nhiemky.foundation.roles import Right, Role
from nhiemky.members.queries import to_answer
from nhiemky.rules import vietnamese
from nhiemky.rules.targets import State
from nhiemky.units.models import Grant, Unit
from nhiemky.units.queries import Period, UnitCard, grants_of, names_of, periods_of, tree_on, units_below_on
from nhiemky.web import access
from nhiemky.web.care.shown import reminder
from nhiemky.web.figures.shown import TargetShown
from nhiemky.web.figures.targets import Scope, targets_shown
from nhiemky.web.home.steps import steps_at
from nhiemky.web.transfers.shown import TransferShown, transfers_shown

MOST_UNITS = 12
MOST_PERIODS = 3
MOST_CHILDREN = 6
MOST_TARGETS = 6
MOST_TRANSFERS = 5
# what wants attention, first things first
ATTENTION = (State.BEHIND, State.NOT_MET, State.NOT_MEASURABLE)


@dataclass(frozen=True)
class UnitShown:
    """A unit of the person with its latest periods."""

    card: UnitCard
    periods: tuple[tuple[Period, str, bool], ...]
    below: str
    children: tuple[UnitCard, ...] = ()


@dataclass(frozen=True)
class Attention:
    """The targets of the first unit with a running period that do not stand well."""

    card: UnitCard
    period: Period
    targets: tuple[TargetShown, ...]
    more: str
    met: str


@access.signed_in
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    today = access.today()
    readable = access.units_to_read(request)
    grants = grants_of(request.user, Right.READ, today)  # type: ignore[arg-type]
    own = [grant.unit_id for grant in grants if grant.unit_id]
    # whoever has a unit of their own starts from there, even when they keep the installation as well
    everywhere = not own and any(grant.unit_id is None for grant in grants)
    children = tree_on(today)
    below = {child for found in children.values() for child in found}
    tops = readable.exclude(pk__in=below) if everywhere else Unit.objects.filter(pk__in=own)
    shown = _units(tops, children, readable, today)
    context = {
        "units": [unit for unit, _ in shown],
        "everywhere": everywhere,
        "more": max(0, tops.count() - MOST_UNITS),
        # whoever keeps the whole installation answers for no unit's targets
        "steps": steps_at([grant.unit for grant in grants if grant.unit and _keeps(grant)], today),
        "transfers": _transfers(grants, today),
        "attention": None if everywhere else _attention(shown, today),
        "documents": list(issued_among(readable.values("code"))[:5]),
        "reminder": reminder(clock.now()) if access.can(request, Right.ADMINISTER, None) else [],
        "day": vietnamese.day(today),
        "fictional": any(unit.card.fictional for unit, _ in shown),
    }
    return render(request, "web/home/home.html", context)


def _transfers(grants: list[Grant], today: date) -> list[tuple[UnitCard, list[TransferShown], str]]:
    """Whom the units that the person records at are asked to receive or to let go, the longest waiting first."""
    own = [grant.unit_id for grant in grants if grant.unit_id and Right.RECORD in Role(grant.role).rights]
    rows = list(to_answer(own)) if own else []
    if not rows:
        return []
    shown, names = transfers_shown(rows, today), names_of(own, today)
    found = []
    for unit in own:
        waiting = [each for each, row in zip(shown, rows, strict=True) if row.answerer and row.answerer.pk == unit]
        if waiting:
            more = len(waiting) - MOST_TRANSFERS
            found.append((names[unit], waiting[:MOST_TRANSFERS], vietnamese.number(more) if more > 0 else ""))
    return found


def _keeps(grant: Grant) -> bool:
    return Right.ADMINISTER in Role(grant.role).rights


def _units(
    units: QuerySet[Unit], children: dict[int, list[int]], readable: QuerySet[Unit], today: date
) -> list[tuple[UnitShown, Unit]]:
    rows = list(units.prefetch_related("terms", "named_periods").order_by("pk")[:MOST_UNITS])
    under = {child for unit in rows for child in children.get(unit.pk, [])}
    # whoever reads a unit alone is not led to what is below it
    opened = set(readable.filter(pk__in=under).values_list("pk", flat=True)) if under else set()
    inside = {unit.pk: [child for child in children.get(unit.pk, []) if child in opened] for unit in rows}
    below = {unit: found[:MOST_CHILDREN] for unit, found in inside.items()}
    cards = names_of([*below, *(child for found in below.values() for child in found)], today)
    return [
        (
            UnitShown(
                cards[unit.pk],
                tuple(
                    (period, vietnamese.span(period.span), period.span.holds(today))
                    for period in periods_of(unit)[:MOST_PERIODS]
                ),
                vietnamese.number(len(inside[unit.pk])) if inside[unit.pk] else "",
                tuple(cards[child] for child in below[unit.pk]),
            ),
            unit,
        )
        for unit in rows
    ]


def _met(lines: list[queries.TargetLine]) -> str:
    if all(line.judgement.state is State.NOT_MEASURABLE for line in lines):
        return _("%(all)s chỉ tiêu, chưa đo được chỉ tiêu nào") % {"all": vietnamese.number(len(lines))}
    return _("đạt %(met)s/%(all)s chỉ tiêu") % {
        "met": vietnamese.number(queries.tally(lines).numerator), "all": vietnamese.number(len(lines)),
    }  # fmt: skip


def _attention(shown: list[tuple[UnitShown, Unit]], today: date) -> Attention | None:
    for unit, row in shown:
        running = next((period for period, _, runs in unit.periods if runs), None)
        if running is None:
            continue
        lines = queries.board(row, running.span, today)
        if not lines:
            return None
        scope = Scope(row.code, unit.card.short, units_below_on(row, today).count())
        wanting = [line for state in ATTENTION for line in lines if line.judgement.state is state]
        return Attention(
            unit.card,
            running,
            tuple(targets_shown(wanting[:MOST_TARGETS], scope)),
            vietnamese.number(len(wanting) - MOST_TARGETS) if len(wanting) > MOST_TARGETS else "",
            _met(lines),
        )
    return None

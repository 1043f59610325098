"""What changes when a unit is counted from its register: the same questions, answered both ways."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from nhiemky.figures.queries.register import ADMITTED, LEFT, SUBJECTS, WOMENS_COMMITTEE
from nhiemky.ledger import kinds
from nhiemky.ledger.models import Entry
from nhiemky.ledger.queries import living, statements_about, stock_facts, sums_of
from nhiemky.members.queries.counting import joined_written, left_written, members_written
from nhiemky.rules import vietnamese
from nhiemky.rules.indicators import latest
from nhiemky.units.models import Unit


@dataclass(frozen=True)
class Change:
    """One number as it is counted now, and from the register; `now` is empty where nothing says it."""

    label: str
    now: str
    then: str


def changes_of(unit: Unit, day: date) -> Iterator[Change]:
    """The unit's own numbers on that day, and what joined and left from then on."""
    stated = stock_facts(statements_about([unit.pk], SUBJECTS))
    on = vietnamese.day(day)
    for subject, feature in SUBJECTS.items():
        if subject != WOMENS_COMMITTEE:
            fact = latest(stated.get(subject, {}).get(unit.pk, ()), day, below=False)
            yield Change(
                _("%(label)s ngày %(day)s") % {"label": kinds.subjects()[subject].label, "day": on},
                vietnamese.number(fact.quantity.value) if fact and fact.quantity.value is not None else "",
                vietnamese.number(members_written(unit.pk, day, dict([feature]) if feature[0] else {})),
            )
    for kind, then in ((ADMITTED, joined_written(unit.pk, day)), (LEFT, left_written(unit.pk, day))):
        written = sums_of(_from(unit, kind, day)).counts.get("nguoi")
        yield Change(
            _("%(label)s từ ngày %(day)s") % {"label": kinds.kinds()[kind].label, "day": on},
            vietnamese.number(written.value) if written and written.value is not None else "",
            vietnamese.number(then),
        )


def _from(unit: Unit, kind: str, day: date) -> QuerySet[Entry]:
    return living(Entry.objects.filter(unit=unit, kind=kind)).filter(Q(ends_before__gt=day) | Q(ends_before=None))


def straddling(unit: Unit, day: date) -> int:
    """How many of the unit's entries of joining and leaving begin before the day and end on it or later."""
    rows = living(Entry.objects.filter(unit=unit, kind__in=(ADMITTED, LEFT)))
    return rows.filter(Q(starts_on__lt=day) | Q(starts_on=None), ends_before__gt=day).count()

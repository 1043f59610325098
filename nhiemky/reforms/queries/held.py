"""What units that end still hold: records of later days, terms to come, members whom nobody takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q

from nhiemky.foundation.many import these
from nhiemky.ledger.models import Entry, Statement
from nhiemky.ledger.queries import living
from nhiemky.members.models import Person, Post
from nhiemky.members.queries.going import Allotment, going
from nhiemky.members.queries.transfers import KINDS
from nhiemky.reforms import wording
from nhiemky.units.models import Term

if TYPE_CHECKING:
    from nhiemky.reforms.queries.directory import Directory
    from nhiemky.reforms.queries.plan import Plan


def faults_of_held(plan: Plan, directory: Directory) -> Iterator[tuple[str, str]]:
    """Unit and sentence, for whatever would lose its ground."""
    code = {directory.cards[unit].id: unit for unit in plan.ended if unit in directory.cards}
    if not code and not plan.persons and not plan.groups:
        return
    name = {pk: directory.name(unit) for pk, unit in code.items()}
    for model, sentence in ((Entry, wording.later_entries), (Statement, wording.later_statements)):
        rows = living(model.objects.filter(Q(ends_before__gt=plan.day) | Q(ends_before=None), unit__in=these(code)))
        for unit, count in _counted(rows):
            yield code[unit], sentence(name[unit], count, plan.day)
    to_come = {"superseded_at__isnull": True, "starts_on__gte": plan.day}
    for dated, sentence in ((Term, wording.later_terms), (Post, wording.later_posts)):
        begins: Any = dated
        for unit, count in _counted(begins.objects.filter(unit__in=these(code), **to_come)):
            yield code[unit], sentence(name[unit], count, plan.day)
    yield from _of_members(plan, directory, code)


def _counted(rows: Any) -> list[tuple[int, int]]:
    return list(rows.order_by().values("unit").annotate(n=Count("pk")).values_list("unit", "n"))


def _of_members(plan: Plan, directory: Directory, code: dict[int, str]) -> Iterator[tuple[str, str]]:
    split = {row.unit for row in plan.changes.successions} & plan.ended - set(plan.whole)
    key = {unit: card.id for unit, card in directory.cards.items()}
    persons = dict(Person.objects.filter(code__in=list(plan.persons)).values_list("code", "pk"))
    allotment = Allotment(
        whole={key[unit]: to for unit, to in plan.whole.items()},
        groups={key[group]: (key[left], to) for group, (left, to) in plan.groups.items()},
        persons={persons[person]: to for person, to in plan.persons.items()},
    )
    name_of = {pk: unit for unit, pk in key.items()}
    counts = Counter((each.unit, each.to) for each in going(frozenset(code), plan.day, allotment))
    takers: dict[str, str] = {}
    for (pk, to), count in counts.items():
        unit = name_of[pk]
        if to is None and unit in split:
            yield unit, wording.members_left(directory.name(unit), count)
        elif to is not None:
            takers.setdefault(to, unit)
            if kind_of(plan, directory, to) not in KINDS:
                yield unit, wording.takes_no_members(plan.names.get(to, to), directory.name(unit), count)
    for row in plan.changes.successions:
        if row.heir and row.unit in plan.ended:
            takers.setdefault(row.successor, row.unit)
    for to, unit in takers.items():
        yield from _of_taker(plan, directory, to, unit)


def _of_taker(plan: Plan, directory: Directory, to: str, unit: str) -> Iterator[tuple[str, str]]:
    """Whoever takes members and numbers lives on; else these would be lost on the day when it ends."""
    if to in plan.ended:
        yield unit, wording.not_alive(directory.name(to), plan.day)
        return
    life = directory.history.life(to, plan.day)
    if life is not None and life.ends_before is not None:
        yield unit, wording.ends_later(directory.name(to), life.ends_before)
    new = {each for each, _span in plan.changes.lives_come}
    if life is None and to not in new:
        yield unit, wording.not_alive(directory.name(to), plan.day)


def kind_of(plan: Plan, directory: Directory, unit: str) -> str:
    """What kind of unit it is once the plan is applied."""
    called = plan.reshaping.called.get(unit)
    return called.kind if called and called.kind else directory.kind(unit)

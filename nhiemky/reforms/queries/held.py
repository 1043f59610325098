"""What units that end still hold: records of later days, terms to come, members whom nobody takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q

from nhiemky.foundation.many import these
from nhiemky.ledger.models import Entry, Statement
from nhiemky.ledger.queries import living
from nhiemky.members.actions.reorganising import groups_of_members, memberships_from
from nhiemky.members.models import Post
from nhiemky.members.queries.transfers import KINDS
from nhiemky.reforms import wording
from nhiemky.units.models import Term

if TYPE_CHECKING:
    from nhiemky.reforms.queries.directory import Directory
    from nhiemky.reforms.queries.plan import Plan


def faults_of_held(plan: Plan, directory: Directory) -> Iterator[tuple[str, str]]:
    """Unit and sentence, for whatever would lose its ground."""
    code = {directory.cards[unit].id: unit for unit in plan.ended if unit in directory.cards}
    if not code:
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
    ended = frozenset(code)
    rows = memberships_from(ended, plan.day)
    held = dict(_counted(rows))
    for unit, count in held.items():
        to = plan.whole.get(code[unit])
        if to and kind_of(plan, directory, to) not in KINDS:
            yield code[unit], wording.takes_no_members(plan.names.get(to, to), directory.name(code[unit]), count)
    open_ones = frozenset(pk for pk, unit in code.items() if unit in split and pk in held)
    if not open_ones:
        return
    groups = groups_of_members(open_ones, plan.day)
    group_code = {each.id: each.code for each in directory.cards.values()}
    left: Counter[int] = Counter()
    for unit, person, person_code in memberships_from(open_ones, plan.day).values_list(
        "unit", "person", "person__code"
    ):
        in_group = person in groups and group_code.get(groups[person]) in plan.groups
        if not in_group and person_code not in plan.persons:
            left[unit] += 1
    for unit, count in left.items():
        yield code[unit], wording.members_left(directory.name(code[unit]), count)


def kind_of(plan: Plan, directory: Directory, unit: str) -> str:
    """What kind of unit it is once the plan is applied."""
    called = plan.reshaping.called.get(unit)
    return called.kind if called and called.kind else directory.kind(unit)

"""What is known of a union's bodies on a day, put before the rule book; and which edition of the charter speaks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Coalesce

from nhiemky.foundation.rulesets import ruleset_on, rulesets
from nhiemky.members.models import BodySize, Person, Post, Standing, TermRules
from nhiemky.members.queries.persons import memberships_on
from nhiemky.members.queries.posts import posts_known
from nhiemky.rules import mandates
from nhiemky.rules.mandates import Finding, Seat, Situation
from nhiemky.rules.rulesets import Place, RuleSet
from nhiemky.rules.vietnamese import fold
from nhiemky.units.models import Term, Unit
from nhiemky.units.queries import (
    alive_on,
    ancestors_on,
    cards,
    edges_known,
    names_of,
    rows_of,
    terms_of,
    units_below_on,
)

# the record that stands for a person
ROOT = Coalesce("person__same_as", "person")
GROUPS = ("group", "trade_group")


@dataclass(frozen=True)
class Counted:
    """Members of a unit and below on a day as the register has them, each once; women known, sex not known."""

    members: int
    women: int
    unknown: int


def term_on(unit: Unit, day: date) -> Term | None:
    """The term that ran on the day: the latest begun, a running one until the end that was planned or later."""
    running = [term for term in terms_of(unit) if term.span.holds(day)]
    return max(running, key=lambda term: term.starts_on or date.min, default=None)


def rules_of(unit: Unit, day: date) -> tuple[RuleSet | None, bool]:
    """The edition that the unit's bodies are held against on the day, and whether the unit chose it for its term."""
    chosen = TermRules.objects.filter(term__in=rows_of(term_on(unit, day))).order_by("pk").last()
    if chosen and chosen.ruleset in rulesets():
        return rulesets()[chosen.ruleset], True
    return ruleset_on(day), False


def members_counted(unit: Unit, day: date) -> Counted:
    """The members of the unit and of all below it on the day."""
    below = units_below_on(unit, day).values("pk")
    rows = memberships_on(Unit.objects.filter(Q(pk=unit.pk) | Q(pk__in=below)), day)
    counted = rows.aggregate(
        members=Count(ROOT, distinct=True),
        women=Count(ROOT, distinct=True, filter=Q(person__sex="female")),
        unknown=Count(ROOT, distinct=True, filter=Q(person__sex="")),
    )
    return Counted(**counted)


def members_to_post(unit: Unit, day: date, reach: QuerySet[Unit]) -> QuerySet[Person]:
    """The persons who are members of the unit, of one below it or, for a group, of its union on the day.

    `reach` are the units whose members whoever chooses may see."""
    places = Q(pk__in=units_below_on(unit, day).values("pk")) | Q(pk__in=union_of(unit, day))
    rows = memberships_on(Unit.objects.filter(Q(pk=unit.pk) | Q(places, pk__in=reach.values("pk"))), day)
    return Person.objects.filter(pk__in=rows.values_list(ROOT))


def union_of(unit: Unit, day: date) -> list[int]:
    """The union that a group or section is part of; its members sit in the posts of the group."""
    line = names_of([unit.pk, *ancestors_on(unit, day)], day)
    if line[unit.pk].level != "below":
        return []
    return [each.id for each in line.values() if each.level in ("below", "grassroots")]


def situation_of(unit: Unit, day: date, members: int | None, counted: Counted, posts: Iterable[Post]) -> Situation:
    """All that the rule book asks; `members` is how many there are as far as anybody knows, `posts` are the unit's."""
    term = term_on(unit, day)
    seats = tuple(Seat(row.person.root_id, row.body, row.role, row.mandate, row.span) for row in posts)
    sitting = {seat.person for seat in seats if seat.span.holds(day)}
    persons = Person.objects.filter(Q(pk__in=sitting) | Q(same_as__in=sitting))
    return Situation(
        place=place_of(unit, day, members),
        day=day,
        seats=seats,
        term=term.whole if term else None,
        fixed=sizes_of(term),
        women=counted.women,
        every_sex_known=not counted.unknown,
        foreigners=frozenset(person.root_id for person in persons.filter(foreigner=True)),
        standings=_standings(persons, day),
        groups=_groups(unit, day),
    )


def findings_of(situation: Situation, rules: RuleSet | None) -> tuple[Finding, ...]:
    """What is to be looked at; nothing where no edition is known for the day."""
    return mandates.findings(situation, rules) if rules else ()


def place_of(unit: Unit, day: date, members: int | None) -> Place:
    """How the rules see the unit."""
    line = names_of([unit.pk, *ancestors_on(unit, day)], day)
    provinces = [each for each in line.values() if each.level == "province"]
    names = frozenset(fold(name) for each in provinces for name in (each.name, each.short))
    here = line[unit.pk]
    return Place(here.kind, here.level, names, members)


def sizes_of(term: Term | None) -> dict[str, int]:
    """How many the congress of the term fixed, by body."""
    rows = BodySize.objects.filter(term__in=rows_of(term), superseded_at__isnull=True)
    return dict(rows.values_list("body", "size"))


def _standings(persons: QuerySet[Person], day: date) -> dict[int, frozenset[str]]:
    rows = Standing.objects.filter(person__in=persons, kind__in=mandates.WEIGHED, superseded_at__isnull=True)
    found: dict[int, frozenset[str]] = {}
    for row in rows.filter(alive_on(day)).select_related("person"):
        found[row.person.root_id] = found.get(row.person.root_id, frozenset()) | {row.kind}
    return found


def _groups(unit: Unit, day: date) -> dict[int, bool]:
    """The groups that stand directly below -> whether somebody heads them."""
    below = edges_known().filter(alive_on(day), parent=unit).values("unit")
    groups = [each.id for each in cards(Unit.objects.filter(pk__in=below), day) if each.kind in GROUPS]
    headed = posts_known().filter(unit__in=groups, role="group_head").filter(alive_on(day))
    heads = set(headed.values_list("unit", flat=True))
    return {group: group in heads for group in groups}

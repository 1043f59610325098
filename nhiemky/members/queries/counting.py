"""How many are members, joined and left, by unit: only of units that are counted from the register, from their day on.

Each person counts under the one record that stands for them (`Person.same_as`), with its sex and date of birth. Somebody whom merged records make a member of a unit twice at once is one member, who joined once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Coalesce, ExtractYear

from nhiemky.foundation import catalogue
from nhiemky.members.features import bands, features
from nhiemky.members.models import Membership, Person, Post, RegisterBegun, Standing
from nhiemky.rules.timeline import PartialDate, Precision, Span
from nhiemky.units.queries import alive_on

# what a unit's members are divided by, where the person says it; the block is said by the unit
BY_PERSON = ("sex", "age", "party", "youth")
WOMENS_BODIES = ("ban_nu_cong", "to_nu_cong")


@dataclass(frozen=True)
class Event:
    """So many who joined or left a unit alike: when, how, and what they are."""

    unit: int
    span: Span
    how: str
    features: tuple[tuple[str, str], ...]
    count: int = 1
    person: int = 0


def begun_in(units: Any) -> dict[int, date]:
    """Unit -> the day from which it is counted from the register."""
    rows = RegisterBegun.objects.filter(unit__in=units, superseded_at__isnull=True)
    return dict(rows.values_list("unit", "begins_on"))


def _begun(units: Any, also: Q) -> QuerySet[Membership]:
    """The memberships of units that are counted from the register; `also` speaks of the cut-over as well.

    All of it stands in one filter, so that it is said of one row of the cut-over.
    """
    return _known(
        Q(
            also,
            unit__in=units,
            unit__register_begun__superseded_at__isnull=True,
            unit__register_begun__begins_on__isnull=False,
        )
    )


def _known(where: Q) -> QuerySet[Membership]:
    """Memberships as we know them today, with who they are of."""
    return Membership.objects.filter(where, superseded_at__isnull=True).annotate(
        root=Coalesce("person__same_as", "person"),
        # never null, so that it is null only where the record stands for itself
        sex=Coalesce("person__same_as__sex", "person__sex"),
        born=Case(When(person__same_as__isnull=True, then="person__born_on"), default="person__same_as__born_on"),
    )


# --- members on a day ---------------------------------------------------------------------------------------------


def members_on(units: Any, day: date, where: Mapping[str, str]) -> QuerySet[Membership]:
    """The memberships that hold on the day, of units counted from the register by then, with all these features."""
    rows = _begun(units, Q(unit__register_begun__begins_on__lte=day)).filter(alive_on(day))
    return _with(rows, day, where)


def _with(rows: Any, day: date, where: Mapping[str, str]) -> QuerySet[Membership]:
    """Those of the rows whose person has all these features on the day."""
    for name, value in where.items():
        rows = rows.filter(_has(name, value, day))
    found: QuerySet[Membership] = rows
    return found


def _has(name: str, value: str, day: date) -> Q:
    if name == "sex":
        return Q(sex=value)
    if name == "age":
        youngest, oldest = bands()[value]
        return Q(born__range=(date(max(1, day.year - oldest), 1, 1), date(day.year - youngest, 12, 31)))
    return Q(root__in=_standing_on(features()[name].standing, day))


def _standing_on(kind: str, day: date) -> QuerySet:
    held = Standing.objects.filter(kind=kind, superseded_at__isnull=True).filter(alive_on(day))
    return held.values_list(Coalesce("person__same_as", "person"))


def members_counted(units: Any, day: date) -> dict[tuple[str, str], dict[int, int]]:
    """(feature, value) -> unit -> how many persons are members on the day; under ("", "") all of them.

    Read together, because one report asks for nearly all of them.
    """
    asked = [("", ""), *((name, value) for name in BY_PERSON for value in features()[name].values)]
    found: dict[tuple[str, str], dict[int, int]] = {pair: {} for pair in asked}
    merged = Person.objects.filter(same_as__isnull=False).values("same_as")
    rows: Any = members_on(units, day, {}).order_by()
    # nearly nobody is merged: the others have one membership on a day and are counted without telling persons apart
    alone = rows.filter(person__same_as__isnull=True).exclude(person__in=merged)
    for part, several in ((alone, False), (rows.filter(root__in=merged), True)):
        counts = {
            f"n{at}": Count("root", distinct=several, filter=_has(*pair, day) if pair[0] else None)
            for at, pair in enumerate(asked)
        }
        for unit, *numbers in part.values("unit").annotate(**counts).values_list("unit", *counts):
            for pair, number in zip(asked, numbers, strict=True):
                found[pair][unit] = found[pair].get(unit, 0) + number
    return found


def womens_committee_counted(units: Any, day: date) -> dict[int, int]:
    """Unit -> how many persons sit in its women's committee or group on the day."""
    rows = womens_committee_on(units, day).order_by().values("unit")
    return dict(rows.annotate(n=Count("root", distinct=True)).values_list("unit", "n"))


def womens_committee_on(units: Any, day: date) -> QuerySet[Post]:
    """The posts in women's committees on the day, of units counted from the register by then."""
    begun = {"unit__register_begun__superseded_at__isnull": True, "unit__register_begun__begins_on__lte": day}
    held = Post.objects.filter(unit__in=units, body__in=WOMENS_BODIES, superseded_at__isnull=True, **begun)
    return held.filter(alive_on(day)).annotate(root=Coalesce("person__same_as", "person"))


# --- joining and leaving ------------------------------------------------------------------------------------------


def joined(units: Any, period: Span, *, each: bool = False) -> Iterable[Event]:
    """Who joined, alike ones together, or each by themselves; only what may have happened after the cut-over."""
    after = Q(unit__register_begun__begins_on__lte=F("starts_on")) | ~Q(start_precision=Precision.DAY)
    rows = _touching(_begun(units, after), "starts_on", period)
    # merged records: whoever was a member there already when this began did not join
    earlier = Q(starts_on__isnull=True) | Q(starts_on__lt=OuterRef("starts_on"))
    earlier |= Q(starts_on=OuterRef("starts_on"), pk__lt=OuterRef("pk"))
    lasts = Q(ends_before__isnull=True) | Q(ends_before__gt=OuterRef("starts_on"))
    keys = ("starts_on", "start_precision", "joining")
    for values, count in _grouped(rows, _also().filter(earlier & lasts), keys, each=each):
        start = PartialDate(values["starts_on"], Precision(values["start_precision"]))
        yield _event(values, count, Span.between(start, start), values["joining"])


def left(units: Any, period: Span, *, each: bool = False) -> Iterable[Event]:
    """Who left, alike ones together, or each by themselves; only what may have happened after the cut-over."""
    after = Q(unit__register_begun__begins_on__lt=F("ends_before")) | ~Q(end_precision=Precision.DAY)
    rows = _touching(_begun(units, after), "ends_before", period)
    # merged records: whoever stays a member there did not leave
    stays = Q(ends_before__isnull=True) | Q(ends_before__gt=OuterRef("ends_before"))
    stays |= Q(ends_before=OuterRef("ends_before"), pk__gt=OuterRef("pk"))
    begun = Q(starts_on__isnull=True) | Q(starts_on__lt=OuterRef("ends_before"))
    keys = ("ends_before", "end_precision", "leaving")
    for values, count in _grouped(rows, _also().filter(stays & begun), keys, each=each):
        end = Span(None, values["ends_before"], Precision.DAY, Precision(values["end_precision"])).end
        yield _event(values, count, Span.between(end, end), values["leaving"])


# whose rows are looked for beside a membership: the person's own, or those under whichever of their records
OWN = (Q(person=OuterRef("person")),)
OF_ANY_RECORD = (Q(person=OuterRef("root")), Q(person__same_as=OuterRef("root")))


def _exists(rows: QuerySet, whose: Sequence[Q]) -> Q:
    """Whether there is such a row of the person; asked for each way by itself, so that an index answers each."""
    found = Q()
    for each in whose:
        found |= Q(Exists(rows.filter(each)))
    return found


def _also() -> QuerySet[Membership]:
    """Other known memberships at the same unit."""
    # the unit by an expression: a database without statistics would go through all members of the unit otherwise
    rows = Membership.objects.annotate(at=F("unit") + 0).filter(at=OuterRef("unit"), superseded_at__isnull=True)
    return rows.exclude(pk=OuterRef("pk"))


def _touching(rows: QuerySet[Membership], column: str, period: Span) -> QuerySet[Membership]:
    """A year at either side as well: a date may be known to the year only."""
    rows = rows.filter(**{f"{column}__isnull": False})
    if period.starts_on and period.starts_on.year > 1:
        rows = rows.filter(**{f"{column}__gte": period.starts_on.replace(year=period.starts_on.year - 1, day=1)})
    if period.ends_before and period.ends_before.year < date.max.year:
        rows = rows.filter(**{f"{column}__lte": period.ends_before.replace(year=period.ends_before.year + 1, day=1)})
    return rows


def _grouped(
    rows: Any, besides: QuerySet[Membership], keys: tuple[str, ...], *, each: bool
) -> Iterable[tuple[dict[str, Any], int]]:
    """The rows as values with how many are alike; of merged persons those that nothing `besides` makes void.

    Nearly nobody is merged, and looking under several records is slow: the others are read by themselves.
    """
    merged = Person.objects.filter(same_as__isnull=False).values("same_as")
    alone = rows.filter(person__same_as__isnull=True).exclude(person__in=merged)
    several = rows.filter(root__in=merged).exclude(_exists(besides, OF_ANY_RECORD))
    return chain(_alike(alone, OWN, keys, each=each), _alike(several, OF_ANY_RECORD, keys, each=each))


def _alike(rows: Any, whose: Sequence[Q], keys: tuple[str, ...], *, each: bool) -> Iterable[tuple[dict[str, Any], int]]:
    day = keys[0]
    bands_of = (When(years__range=band, then=Value(code)) for code, band in bands().items())
    rows = rows.annotate(years=ExtractYear(day) - ExtractYear("born")).annotate(
        age=Case(*bands_of, default=Value(""), output_field=CharField()),
        party=_annotated(_exists(_standing_then("party", day), whose)),
        youth=_annotated(_exists(_standing_then("youth", day), whose)),
    )
    names = ("unit", *keys, *BY_PERSON)
    if each:
        found = rows.order_by(day, "pk").values(*names, "root")
        return ((values, 1) for values in found.iterator(2000))
    counted = rows.order_by().values(*names).annotate(n=Count("pk"))
    return ((values, values.pop("n")) for values in counted.iterator(2000))


def _annotated(condition: Q) -> ExpressionWrapper:
    return ExpressionWrapper(condition, output_field=BooleanField())


def _standing_then(name: str, day: str) -> QuerySet[Standing]:
    """The standing on that day; on the last day of a membership that ended."""
    begins, ends = ("lte", "gt") if day == "starts_on" else ("lt", "gte")
    # the kind by an expression, as the unit above
    return Standing.objects.annotate(what=Coalesce("kind", Value(""))).filter(
        Q(starts_on__isnull=True) | Q(**{f"starts_on__{begins}": OuterRef(day)}),
        Q(ends_before__isnull=True) | Q(**{f"ends_before__{ends}": OuterRef(day)}),
        what=features()[name].standing,
        superseded_at__isnull=True,
    )


def _event(values: Mapping[str, Any], count: int, span: Span, how: str) -> Event:
    said = {"sex": values["sex"], "age": values["age"]}
    said |= {name: "yes" for name in ("party", "youth") if values[name]}
    features = tuple((name, value) for name, value in said.items() if value)
    return Event(values["unit"], span, how, features, count, values.get("root", 0))


def joining_group(code: str) -> str:
    """'admission' of a way to join that is one; empty for moves and for who was a member before the register."""
    found = catalogue.terms("catalogue/joinings.toml", "joining").get(code)
    return found.group if found else ""


def leaving_group(code: str) -> str:
    """The dimension value `leaving` of a reason; empty while no reason is known."""
    found = catalogue.terms("catalogue/leavings.toml", "leaving").get(code)
    return found.group if found else ""


# --- before a unit is counted from the register -----------------------------------------------------------------------


def members_written(unit: int, day: date, where: Mapping[str, str]) -> int:
    """How many members the register has on the day, whether the unit is counted from it or not."""
    rows = _with(_known(Q(unit=unit)).filter(alive_on(day)), day, where)
    return rows.aggregate(n=Count("root", distinct=True))["n"]


def joined_written(unit: int, since: date) -> int:
    """How many admissions the register has from the day on."""
    admissions = [code for code in catalogue.terms("catalogue/joinings.toml", "joining") if joining_group(code)]
    rows = _known(Q(unit=unit, starts_on__gte=since, joining__in=admissions))
    return rows.aggregate(n=Count("root", distinct=True))["n"]


def left_written(unit: int, since: date) -> int:
    """How many the register has who left from the day on; who moved, or was moved, is not among them."""
    rows = _known(Q(unit=unit, ends_before__gt=since)).exclude(leaving__in=("moved", "reorganised"))
    return rows.aggregate(n=Count("root", distinct=True))["n"]


# --- who they are -------------------------------------------------------------------------------------------------


def persons_known(roots: Sequence[int]) -> dict[int, Person]:
    """The persons with these keys."""
    parts = (roots[start : start + 10_000] for start in range(0, len(roots), 10_000))
    return {person.pk: person for part in parts for person in Person.objects.filter(pk__in=part)}

"""Lists of persons: who was a member where on a day, who joined or left, found by name, number or what they are.

The rows are persons, each once, under the record that stands for them, in the order of the Vietnamese alphabet. A list
is read in one of two ways: where some condition leaves few persons, those are gathered and put in order; where none
does, all persons are walked in their order until the page is full.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, F, Model, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.functions import Collate, Concat
from django.db.models.lookups import Contains as TextContains

from nhiemky.foundation.sealing import keyed_digest
from nhiemky.members.models import Grouping, Membership, Person, Standing
from nhiemky.members.name_index import expected, is_named, one_of, persons_named
from nhiemky.members.particulars import ID_PURPOSE
from nhiemky.rules.timeline import Span
from nhiemky.units.queries import alive_on

# as many as are gathered and put in order at once; of names more, since equal given names stand together in the order
MOST_GATHERED, MOST_BESIDE_NAMES, MOST_NAMED = 5_000, 20_000, 100_000
MOST_SETTLED, MOST_UNITS = 2_000, 200
# so many times a page are looked at for the first of a list
LOT = 6
# counted no further unless they were gathered: a list of more is counted by figures, not by a page
MOST_COUNTED = 1_000
# so many ids at most
Ids = Callable[[int], list[int]]


@dataclass(frozen=True)
class Wanted:
    """Which persons are asked for; `units` None is everywhere, `day` None is whenever they were members."""

    units: tuple[int, ...] | None
    day: date | None
    words: tuple[str, ...] = ()
    number: str = ""
    last_four: str = ""
    card: str = ""
    sex: str = ""
    # born on or after, and before
    born: tuple[date | None, date | None] = (None, None)
    party: bool | None = None
    standing: str = ""
    group: int | None = None
    # "joined" or "left" within the span
    moved: str = ""
    within: Span = field(default_factory=lambda: Span(None, None))


@dataclass(frozen=True)
class Sum:
    """How many there are; `more` when they were counted no further."""

    count: int
    women: int
    more: bool = False


@dataclass(frozen=True)
class _Condition:
    """What a person must meet: asked of one of them; and the ids of all who do, where an index finds those."""

    q: Q
    ids: Ids | None = None
    most: int = MOST_GATHERED
    # the same as an engine's index answers it, for more than are gathered
    rows: Q | None = None
    # asked of the person's own columns: worth asking before anything is put in order
    plain: bool = False
    # the same for a walk over all persons in order, where so many meet it that the next is never far
    common: Q | None = None


def homes_of(persons: Iterable[Person]) -> dict[int, Membership]:
    """By person: the membership that says which unit keeps what is known of them, the running one or the last."""
    roots = _records_of(persons)
    homes: dict[int, Membership] = {}
    for row in Membership.objects.filter(person__in=list(roots), superseded_at__isnull=True):
        root, known = roots[row.person_id], homes.get(roots[row.person_id])
        if known is None or (row.ends_before or date.max) > (known.ends_before or date.max):
            homes[root] = row
    return homes


def held_on(model: type[Model], persons: Iterable[Person], day: date) -> dict[int, list[Any]]:
    """By person: the standings, groupings or posts that hold on that day, under whichever record they stand."""
    roots = _records_of(persons)
    found: dict[int, list[Any]] = {}
    rows: QuerySet[Any] = model._default_manager.filter(person__in=list(roots), superseded_at__isnull=True)
    for row in rows.filter(alive_on(day)):
        found.setdefault(roots[row.person_id], []).append(row)
    return found


def _records_of(persons: Iterable[Person]) -> dict[int, int]:
    """Every record of these persons -> the one that stands for them."""
    ids = [person.pk for person in persons]
    return {each: each for each in ids} | _dropped(Person.objects.filter(same_as__in=ids))


def _dropped(rows: QuerySet[Person]) -> dict[int, int]:
    """Records found to be another's -> the one that stands for them."""
    return {row: root for row, root in rows.values_list("pk", "same_as") if root}


@dataclass(frozen=True)
class Listing:
    """The persons that are wanted: those of `few` that meet the conditions, or of all where nothing leaves few."""

    conditions: tuple[_Condition, ...]
    few: QuerySet[Person] | None
    counted: int
    dropped: Mapping[int, int]

    @classmethod
    def of(cls, wanted: Wanted) -> Listing:
        # records found to be another person's; seldom many
        dropped = _dropped(Person.objects.filter(same_as__gt=0))
        conditions = tuple(_Conditions(wanted, dropped).all())
        few: set[int] | None = None
        left, many = [], None
        for each in conditions:
            # few enough to be asked one by one: nothing more is gathered for them
            settled = few is not None and len(few) <= MOST_SETTLED
            ids = each.ids(each.most + 1) if each.ids and not settled else None
            if ids is not None and len(ids) <= each.most:
                roots = {dropped.get(one, one) for one in ids}
                few = roots if few is None else few & roots
            elif each.rows is not None and many is None:
                many = each
            else:
                left.append(each)
        rows = None
        if few is not None:
            left += [many] if many else []
            rows = Person.objects.filter(one_of("pk", few))
        elif many and many.rows:
            rows = Person.objects.filter(many.rows)
        if rows is not None:
            rows = rows.filter(*(each.q for each in left if each.plain))
            left = [each for each in left if not each.plain]
        counted = len(few) if few is not None and len(few) <= MOST_GATHERED else MOST_COUNTED
        return cls(tuple(left), rows, counted, dropped)

    def page(self, after: Person | None, size: int) -> list[Person]:
        """The next persons in order, `size` at most."""
        ids = self._walked(after, size) if self.few is None else self._gathered(self.few, after, size)
        found = Person.objects.in_bulk(ids)
        return [found[each] for each in ids]

    def sum(self) -> Sum:
        """How many persons, and how many women among them, as far as a page counts."""
        rows = self._meeting(Person.objects.all() if self.few is None else self.few)
        most = max(self.counted, MOST_COUNTED)
        found = rows.values("pk", "sex")[: most + 1].aggregate(
            count=Count("pk"), women=Count("pk", filter=Q(sex="female"))
        )
        return Sum(min(found["count"], most), found["women"], found["count"] > most)

    def everyone(self, at_once: int = 2_000) -> Iterator[list[Person]]:
        """All of them in order, in lots that fit into memory."""
        last: Person | None = None
        while rows := self.page(last, at_once):
            yield rows
            last = rows[-1]

    def _walked(self, after: Person | None, size: int) -> list[int]:
        """The ids of the next persons, out of all in their order."""
        # a family name is borne by a tenth, who stand far behind under every given name: the engine passes over others
        common = (each.common for each in self.conditions if each.common)
        everybody = Person.objects.filter(*common).annotate(place=_in_order(F("sort_key")))
        found: list[int] = []
        # where many are wanted, they stand among the next few, and no engine has to guess how many they are
        for lot in (LOT * size, 16 * LOT * size):
            more, after = self._among(_behind(everybody, after), lot)
            found += more
            if after is None or len(found) >= size:
                return found[:size]
        rows = _behind(self._meeting(everybody), after)
        return [*found, *rows.values_list("pk", flat=True)[: size - len(found)]]

    def _among(self, rows: QuerySet[Person], lot: int) -> tuple[list[int], Person | None]:
        """Those of the first rows that meet every condition, in order; and the last row, if there may be more."""
        candidates = list(rows[:lot])
        asked = self._meeting(Person.objects.filter(one_of("pk", [each.pk for each in candidates])))
        kept = set(asked.values_list("pk", flat=True))
        last = candidates[-1] if len(candidates) == lot else None
        return [each.pk for each in candidates if each.pk in kept], last

    def _gathered(self, few: QuerySet[Person], after: Person | None, size: int) -> list[int]:
        """The same out of the few, put in order; so many at a time as a page is likely to need."""
        # worked out from the rows, so that no engine walks its index of names instead
        few = few.annotate(place=_in_order(Concat(F("sort_key"), Value(""), output_field=TextField())))
        found: list[int] = []
        lot = LOT * size
        while len(found) < size:
            more, after = self._among(_behind(few, after), lot)
            found += more
            if after is None:
                break
            lot *= 16
        return found[:size]

    def _meeting(self, rows: QuerySet[Person]) -> QuerySet[Person]:
        if self.dropped:
            rows = rows.filter(~one_of("pk", self.dropped))
        for each in self.conditions:
            rows = rows.filter(each.q)
        return rows


def _in_order(key: Any) -> Any:
    """The order of names: letter by letter, whatever the collation of the server."""
    return Collate(key, "C") if connection.vendor == "postgresql" else key


def _behind(rows: QuerySet[Any], after: Person | None) -> QuerySet[Any]:
    if after:
        place = Value(after.sort_key)
        rows = rows.filter(place__gte=place).filter(Q(place__gt=place) | Q(pk__gt=after.pk))
    return rows.only("pk", "sort_key").order_by("place", "pk")


class _Conditions:
    """What is wanted, one condition after the other; those that leave fewest come first."""

    def __init__(self, wanted: Wanted, dropped: Mapping[int, int]) -> None:
        self.wanted, self.dropped = wanted, dropped

    def all(self) -> Iterator[_Condition]:
        wanted = self.wanted
        if wanted.number:
            yield self._of_record(Q(id_digest=keyed_digest(wanted.number, ID_PURPOSE)) | Q(card=wanted.number))
        if wanted.last_four:
            yield self._of_record(
                Q(id_last_digest=keyed_digest(wanted.last_four, ID_PURPOSE)) | Q(card=wanted.last_four)
            )
        if wanted.card:
            yield self._of_record(Q(card__in={wanted.card, wanted.card.upper()}))
        if wanted.words:
            yield self._named()
        yield from self._dated()
        if wanted.sex:
            yield _Condition(Q(sex=wanted.sex), plain=True)
        first, before = wanted.born
        if first:
            yield _Condition(Q(born_on__gte=first), plain=True)
        if before:
            yield _Condition(Q(born_on__lt=before), plain=True)

    def _dated(self) -> Iterator[_Condition]:
        """What is said of the person for a span: group, standings, membership."""
        wanted, day = self.wanted, self.wanted.day
        if wanted.group:
            yield self._held(_alive(Grouping, day).filter(group=wanted.group))
        if wanted.standing:
            yield self._held(_alive(Standing, day).filter(kind=wanted.standing))
        held = _alive(Membership, None if wanted.moved else day)
        if wanted.moved:
            held = held.filter(**_inside("starts_on" if wanted.moved == "joined" else "ends_before", wanted.within))
        if wanted.units is not None:
            held = held.filter(one_of("unit_id", wanted.units))
        if wanted.units is not None or wanted.moved or day:
            yield self._held(held)
        if wanted.party is not None:
            party = self._held(_alive(Standing, day).filter(kind="party"))
            yield party if wanted.party else _Condition(~party.q)

    def _held(self, rows: QuerySet[Any]) -> _Condition:
        """The person has such a row, under whichever of their records."""
        q = Q(Exists(rows.filter(person=OuterRef("pk"))))
        if self.dropped:
            those = rows.filter(one_of("person_id", self.dropped)).values_list("person", flat=True)
            q |= one_of("pk", {self.dropped[each] for each in those})
        # with a name, a list is asked for that is shorter than either; a province's would not be short
        beside = self.wanted.words and self.wanted.units is not None and len(self.wanted.units) <= MOST_UNITS
        most = MOST_BESIDE_NAMES if beside else MOST_GATHERED
        return _Condition(q, lambda limit: list(rows.values_list("person", flat=True)[:limit]), most)

    def _of_record(self, q: Q) -> _Condition:
        """One of the person's records is so, and an index finds it."""
        rows = Person.objects.filter(q)
        if self.dropped:
            those = rows.filter(one_of("pk", self.dropped)).values_list("pk", flat=True)
            q |= one_of("pk", {self.dropped[each] for each in those})
        return _Condition(q, lambda most: list(rows.values_list("pk", flat=True)[:most]))

    def _named(self) -> _Condition:
        """Every word stands in the person's name, or is begun there."""
        words = self.wanted.words
        # the last word may still be in the middle of being typed; where nobody is named so, every word may be
        asked = [(word, at < len(words) - 1) for at, word in enumerate(words)]
        ids = self._ids_named(asked)
        if len(words) > 1 and not ids and (ids == [] or not persons_named(asked, 1)):
            asked = [(word, False) for word in words]
            ids = self._ids_named(asked)
        name = Concat(Value(" "), F("folded"), Value(" "), output_field=TextField())
        q = Q()
        for word, whole in asked:
            q &= Q(TextContains(name, f" {word}{' ' if whole else ''}"))
        rows: Q | None = None
        common: Q | None = None
        if ids is None:
            if expected(asked, MOST_NAMED + 1) <= MOST_NAMED:
                rows = is_named(asked)
            else:
                # PostgreSQL knows of its own words alone how common they are; SQLite takes the order as it is told
                common = is_named(asked) if connection.vendor == "postgresql" else q
        if self.dropped:
            those = Person.objects.filter(q, one_of("pk", self.dropped)).values_list("pk", flat=True)
            merged = one_of("pk", {self.dropped[each] for each in those})
            q, rows, common = q | merged, rows | merged if rows else None, common | merged if common else None
        return _Condition(q, None if ids is None else lambda _most: ids, MOST_NAMED, rows, plain=True, common=common)

    def _ids_named(self, asked: list[tuple[str, bool]]) -> list[int] | None:
        """Who is named so; None when they are more than are gathered."""
        if expected(asked, MOST_GATHERED + 1) > MOST_GATHERED:
            return None
        ids = persons_named(asked, MOST_NAMED + 1)
        return ids if len(ids) <= MOST_NAMED else None


def _inside(column: str, within: Span) -> dict[str, Any]:
    """The first day lies in the span; an end is the day after the last one."""
    later = column == "ends_before"
    found: dict[str, Any] = {f"{column}__isnull": False}
    if within.starts_on:
        found[f"{column}__{'gt' if later else 'gte'}"] = within.starts_on
    if within.ends_before:
        found[f"{column}__{'lte' if later else 'lt'}"] = within.ends_before
    return found


def _alive(model: Any, day: date | None) -> QuerySet[Any]:
    rows = model.objects.filter(superseded_at__isnull=True)
    return rows.filter(alive_on(day)) if day else rows

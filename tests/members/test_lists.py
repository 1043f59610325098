"""Searching and listing: the same as a plain look at every person, in order, whole, whatever way the rows are read."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from nhiemky.members import name_index
from nhiemky.members.actions import leave_unit, record_standing, set_group
from nhiemky.members.models import Membership, Person, PersonMerge
from nhiemky.members.queries import register
from nhiemky.members.queries.register import Listing, Wanted
from nhiemky.rules.timeline import PartialDate, Span
from nhiemky.rules.vietnamese import fold
from nhiemky.units.models import Unit
from tests.factories import a_unit, clerk, put
from tests.members.people import TODAY, a_person

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]

NAMES = ("Nguyễn", "Trần", "Đỗ", "Ông Đình", "Thị", "Văn", "Lan", "Lân", "Lan Anh", "Ánh", "An", "Đạt", "Dung", "Ý")


@pytest.fixture
def units() -> list[Unit]:
    top = a_unit("r-tren", "district")
    found = [a_unit(f"r-{number}") for number in range(3)]
    for each in found:
        put(each, top)
    return [top, *found]


@pytest.fixture(params=[(5_000, 60_000), (0, 0)], ids=["gathered", "walked"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Few candidates are gathered, many are walked past: both ways must give the same."""
    few, named = request.param
    monkeypatch.setattr(register, "MOST_GATHERED", few)
    monkeypatch.setattr(register, "MOST_BESIDE_NAMES", few)
    monkeypatch.setattr(register, "MOST_NAMED", named)
    # so that lists of a few persons need several lots as well
    monkeypatch.setattr(register, "LOT", 1)


def everyone(wanted: Wanted, size: int = 3) -> list[str]:
    """The codes in order, page by page."""
    listing = Listing.of(wanted)
    found: list[str] = []
    last = None
    while page := listing.page(last, size):
        found += [each.code for each in page]
        last = page[-1]
    assert found == [each.code for lot in listing.everyone(4) for each in lot]
    assert listing.sum().count == len(found) == len(set(found))
    return found


def test_like_a_plain_look_at_everybody(way: None, units: list[Unit]) -> None:
    chance = random.Random(7)
    persons = []
    for _number in range(60):
        name = " ".join(chance.choice(NAMES) for _ in range(chance.randint(1, 4)))
        unit = chance.choice(units[1:])
        until = date(2024, 1, 1) if chance.random() < 0.2 else None
        person = a_person(
            name, unit, until=until, born=str(chance.randint(1960, 2005)), sex=chance.choice(["Nam", "Nữ"])
        )
        if chance.random() < 0.3:
            record_standing(by=clerk(), unit=unit, person=person, kind="party", valid=Span(date(2021, 1, 1), None))
        persons.append(person)
    for kept, dropped in ((0, 1), (2, 3)):
        _merge(persons[kept], persons[dropped])
    everybody, outcomes = Everybody.there(), set()
    for _turn in range(80):
        wanted = Wanted(
            units=tuple(unit.pk for unit in chance.sample(units, chance.randint(1, 4))),
            day=chance.choice([TODAY, date(2023, 5, 1)]),
            words=tuple(
                fold(
                    " ".join(chance.sample(["lan", "nguyen", "an", "dat", "thi", "y", "d"], chance.randint(0, 2)))
                ).split()
            ),
            sex=chance.choice(["", "", "female"]),
            party=chance.choice([None, None, True, False]),
            born=chance.choice([(None, None), (date(1980, 1, 1), None), (date(1980, 1, 1), date(1995, 1, 1))]),
        )
        found = everyone(wanted)
        assert found == everybody.plainly(wanted), wanted
        outcomes.add(len(found))
    assert len(outcomes) > 8 and max(outcomes) > 20


@dataclass
class Everybody:
    """Who is there with all their rows, read once: nobody is written while they are asked for."""

    persons: list[Person]
    # every word of every name, of whoever is there
    names: list[list[str]]

    @classmethod
    def there(cls) -> Everybody:
        rows = ("memberships", "standings")
        persons = Person.objects.filter(same_as=None).prefetch_related(
            *rows, "also", *(f"also__{name}" for name in rows)
        )
        return cls(list(persons), [fold(name).split() for name in Person.objects.values_list("name", flat=True)])

    def plainly(self, wanted: Wanted) -> list[str]:
        found = []
        for person in self.persons:
            records = [person, *person.also.all()]
            names = [fold(each.name).split() for each in records]
            memberships = [
                row
                for each in records
                for row in each.memberships.all()
                if row.superseded_at is None and row.unit_id in (wanted.units or ())
            ]
            assert wanted.day
            party = any(
                row.kind == "party" and row.span.holds(wanted.day) for each in records for row in each.standings.all()
            )
            if (
                any(row.span.holds(wanted.day) for row in memberships)
                and any(self._named(words, wanted.words) for words in names)
                and wanted.sex in ("", person.sex)
                and wanted.party in (None, party)
                and (not wanted.born[0] or (person.born_on and person.born_on >= wanted.born[0]))
                and (not wanted.born[1] or (person.born_on and person.born_on < wanted.born[1]))
            ):
                found.append(person)
        return [each.code for each in sorted(found, key=lambda each: (each.sort_key, each.pk))]

    def _named(self, name: list[str], words: tuple[str, ...]) -> bool:
        """All words whole and the last perhaps begun; where nobody at all is named so, all perhaps begun."""

        def holds(of: list[str], all_begun: bool) -> bool:
            return all(
                any(part == word or ((all_begun or at == len(words) - 1) and part.startswith(word)) for part in of)
                for at, word in enumerate(words)
            )

        somebody = any(holds(each, False) for each in self.names)
        return holds(name, not somebody and len(words) > 1)


def _merge(kept: Person, dropped: Person) -> None:
    """As merging does: the other's running membership is over first, so that nobody is in two units."""
    Membership.objects.filter(person=dropped).update(superseded_at=timezone.now())
    Person.objects.filter(pk=dropped.pk).update(same_as=kept.pk)
    PersonMerge.objects.create(kept=kept, dropped=dropped, reason="thử", at=timezone.now(), by=clerk())


def test_who_was_merged_is_found_by_the_other_name_and_number(way: None, units: list[Unit]) -> None:
    kept, dropped = a_person("Bùi Thị Kept"), a_person("Bùi Thị Dropped", units[1], id_number="012345678901")
    Person.objects.filter(pk=dropped.pk).update(same_as=kept.pk)
    here: dict[str, Any] = {"units": (units[1].pk,), "day": TODAY}
    for asked in ({"words": ("dropped",)}, {"words": ("kept",)}, {"number": "012345678901"}, {"last_four": "8901"}, {}):
        assert everyone(Wanted(**here | asked)) == [kept.code], asked


def test_order_is_that_of_given_names_in_our_alphabet(way: None, units: list[Unit]) -> None:
    names = ["Lê Thị Ánh", "Lê Văn Ân", "Đỗ Thị An", "Dương Thị An", "Trần Thị Đào", "Trần Thị Dung", "Trần Thị Yến"]
    codes = {a_person(name, units[1]).code: name for name in reversed(names)}
    found = [codes[code] for code in everyone(Wanted((units[1].pk,), TODAY))]
    assert found == [
        "Dương Thị An", "Đỗ Thị An", "Lê Thị Ánh", "Lê Văn Ân", "Trần Thị Dung", "Trần Thị Đào", "Trần Thị Yến",
    ]  # fmt: skip


def test_numbers_groups_and_standings(way: None, units: list[Unit]) -> None:
    group = a_unit("r-to", "group")
    put(group, units[1])
    lan = a_person("Lê Thị Lan", units[1], id_number="001190012345", card="dv-77")
    other = a_person("Lê Thị Lan", units[2], id_number="001190022345")
    set_group(by=clerk(), unit=units[1], person=lan, group=group, since=date(2021, 1, 1))
    record_standing(by=clerk(), unit=units[1], person=lan, kind="warning", valid=Span(date(2026, 3, 1), None))
    everywhere: dict[str, Any] = {"units": None, "day": None}
    assert everyone(Wanted(**everywhere, number="001190012345")) == [lan.code]
    assert set(everyone(Wanted(**everywhere, last_four="2345"))) == {lan.code, other.code}
    assert everyone(Wanted(**everywhere, card="dv-77")) == [lan.code]
    assert not everyone(Wanted(**everywhere, number="001190099999"))
    assert everyone(Wanted(None, TODAY, group=group.pk)) == [lan.code]
    assert everyone(Wanted(None, TODAY, standing="warning")) == [lan.code]
    # discipline lapses after a year
    assert not everyone(Wanted(None, date(2027, 3, 1), standing="warning"))


def test_who_joined_and_who_left_in_a_period(way: None, units: list[Unit]) -> None:
    early, late = a_person("Lê An", units[1]), a_person("Lê Bình", units[1], since=date(2025, 1, 1))
    [row] = Membership.objects.filter(person=early)
    leave_unit(by=clerk(), membership=row, last=PartialDate.parse("2025-12-31"), leaving="retired")
    year = Span(date(2025, 1, 1), date(2026, 1, 1))
    here: dict[str, Any] = {"units": (units[1].pk,), "day": TODAY}
    assert everyone(Wanted(**here)) == [late.code]
    assert everyone(Wanted(**here, moved="joined", within=year)) == [late.code]
    assert everyone(Wanted(**here, moved="left", within=year)) == [early.code]
    assert not everyone(Wanted(**here, moved="left", within=Span(date(2026, 1, 1), date(2027, 1, 1))))


# ---- the index


def named(*words: str) -> list[int]:
    return name_index.persons_named([(word, False) for word in words], 100)


def test_index_follows_every_way_of_writing() -> None:
    person = a_person("Hoàng Thị Zuy")
    assert named("zuy", "hoang") == [person.pk]
    Person.objects.filter(pk=person.pk).update(name="Hoàng Thị Quyx", folded="hoang thi quyx")
    assert not named("zuy") and named("quyx") == [person.pk]
    Person.objects.bulk_create([Person(name="Võ Văn Zay", folded="vo van zay", sort_key="1", code="zay")])
    [found] = named("zay")
    Person.objects.filter(pk=found).delete()
    assert not named("zay")
    assert list(name_index.faults()) == []


def test_words_that_are_syntax_to_an_engine_are_words_to_us() -> None:
    a_person("Hoàng Thị Zuy")
    for text in ('"', "zuy OR lan", "zuy*", "'zuy' & !", "NEAR(zuy)", "zuy:*", "-zuy", "(zuy", "zuy ) |", "%", "_"):
        named(*name_index.words_of(text))
    assert named(*name_index.words_of("zuy*"))
    assert not name_index.words_of('" % _ - &')


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL indexes the column itself")
def test_lost_triggers_are_told_and_made_again() -> None:
    person = a_person("Hoàng Thị Zuy")
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {name_index.TABLE}_update")
    Person.objects.filter(pk=person.pk).update(name="Hoàng Thị Quyx", folded="hoang thi quyx")
    assert "" in list(name_index.faults())
    name_index.make()
    assert list(name_index.faults()) == [] and named("quyx") == [person.pk] and not named("zuy")


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL indexes the column itself")
def test_index_that_says_something_else_than_the_table_is_told() -> None:
    person = a_person("Hoàng Thị Zuy")
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {name_index.TABLE}(rowid, folded) VALUES (%s, 'ai khac')", [person.pk])
    assert "" in list(name_index.faults())
    name_index.make()
    assert list(name_index.faults()) == []


def test_name_that_is_folded_wrongly_is_told() -> None:
    person = a_person("Hoàng Thị Zuy")
    Person.objects.filter(pk=person.pk).update(folded="hoang thi zui")
    assert list(name_index.faults()) == [person.code]

"""The tree in the database says what the pure rules say, day by day, and takes only placements that can be."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest

from nhiemky.foundation.models import User
from nhiemky.foundation.policies import may
from nhiemky.foundation.refusals import Refusal
from nhiemky.foundation.roles import Right, Role
from nhiemky.rules.timeline import Span, edges_by_unit, line_on
from nhiemky.units import queries
from nhiemky.units.models import Grant, Placement, Unit
from tests.factories import a_unit, a_user, law, put, rolled_back
from tests.units.trees import (
    DAYS,
    LIVES,
    ByDay,
    edges_of,
    found_units,
    grown,
    hard_cases_of,
    in_span,
    smaller_trees,
    trees,
)

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]

DRAWN: Counter[str] = Counter()


def climbed(by_day: ByDay, code: str, day: date) -> list[str]:
    """From each ended unit to its last parent, from one to come to its first, from the living by the tree of the day."""
    found = [code]
    while True:
        life = LIVES[found[-1]]
        looked_at = max(min(day, life.last_day), life.starts_on or date.min)
        parent = by_day.parents[looked_at].get(found[-1])
        if parent is None or parent in found:
            return found[1:]
        found.append(parent)


@law(trees, examples=25, smaller=smaller_trees)
def check_the_tree_in_the_database_is_that_of_each_day(tree: list[tuple[str, str, Span]]) -> None:
    with rolled_back():
        units = {code: Unit.objects.get(code=f"tree-{code}") for code in LIVES}
        codes = {unit.pk: code for code, unit in units.items()}
        by_day = grown(tree, units)
        pure = edges_by_unit(edges_of(by_day, units))
        for day in DAYS:
            children = queries.tree_on(day)
            for code, unit in units.items():
                found = {codes[child] for child in children.get(unit.pk, ())}
                assert found == {child for child, parent in by_day.parents[day].items() if parent == code}
        for code, unit in units.items():
            ever = {codes[row.pk] for row in Unit.objects.filter(pk__in=queries.ever_below(unit))}
            assert ever == {each for each in LIVES for day in DAYS if code in by_day.line(each, day)}
            below = queries.edges_of(queries.ever_below(unit))
            for day in DAYS[::3]:
                last = LIVES[code].ends_before
                living_day = day if last is None else min(day, last - timedelta(days=1))
                above = by_day.line(code, living_day)[1:]
                assert [codes[pk] for pk in queries.ancestors_on(unit, day)] == climbed(by_day, code, day)
                assert [codes[pk] for pk in line_on(pure, unit.pk, living_day)][1:] == above
                found = {row.code for row in queries.units_below_on(unit, day)}
                assert found == {f"tree-{each}" for each in by_day.below(code, day) if in_span(LIVES[each], day)}
                for each in ever - {code}:
                    assert (unit.pk in line_on(below, units[each].pk, day)) == (code in by_day.line(each, day))
        DRAWN.update({"draws"} | hard_cases_of(by_day, tree))


def test_the_tree_in_the_database_is_that_of_each_day(clerk: User) -> None:
    found_units()
    DRAWN.clear()
    check_the_tree_in_the_database_is_that_of_each_day.hold()
    draws = DRAWN.pop("draws")
    print(f"\nHard cases in {draws} trees: " + ", ".join(f"{n} {c / draws:.0%}" for n, c in sorted(DRAWN.items())))
    floors = {"refused": 0.5, "a unit that moved": 0.3, "four levels": 0.1, "two units that changed places": 0.04}
    rare = [name for name, least in floors.items() if DRAWN[name] < least * draws]
    assert not rare, f"Drawn too seldom to prove anything: {rare}"


@law(trees, examples=12, smaller=smaller_trees)
def check_what_is_listed_is_what_may_be_opened(tree: list[tuple[str, str, Span]]) -> None:
    """A grant with all below, at any unit and on any day: one answer from two ways to ask, and the right one."""
    with rolled_back():
        units = {code: Unit.objects.get(code=f"tree-{code}") for code in LIVES}
        by_day = grown(tree, units)
        for top in "abf":
            user = a_user(f"canbo-{top}")
            Grant.objects.create(user=user, role=Role.OFFICER, unit=units[top], below=True, starts_on=date(2020, 1, 1))
            for day in DAYS[1::7]:
                reached = {code for code in LIVES if top in [code, *climbed(by_day, code, day)]}
                assert {code for code, unit in units.items() if may(user, Right.READ, unit, day)} == reached
                assert {row.code for row in queries.visible_units(user, day)} == {f"tree-{code}" for code in reached}


def test_what_is_listed_is_what_may_be_opened(clerk: User) -> None:
    found_units()
    check_what_is_listed_is_what_may_be_opened.hold()


def span(text: str) -> Span:
    return Span.parse(text)


@pytest.fixture
def pair(clerk: User) -> tuple[Unit, Unit]:
    return a_unit("t-tren", "district"), a_unit("t-duoi")


def refused(unit: Unit, parent: Unit, valid: str) -> str:
    before = Placement.objects.count()
    with pytest.raises(Refusal) as caught:
        put(unit, parent, span(valid))
    assert Placement.objects.count() == before
    return str(caught.value)


def test_one_parent_at_a_time(pair: tuple[Unit, Unit]) -> None:
    top, unit = pair
    other = a_unit("t-khac", "district")
    put(unit, top, span("2020..2022-06-30"))
    assert "đã trực thuộc một đơn vị khác" in refused(unit, other, "2022-06-30..2023")
    assert "đã trực thuộc một đơn vị khác" in refused(unit, top, "2021")
    put(unit, other, span("2022-07-01.."))
    assert [row.parent for row in unit.placements.order_by("starts_on")] == [top, other]


def test_no_circle_on_any_day_and_a_later_swap_is_none(pair: tuple[Unit, Unit]) -> None:
    top, unit = pair
    middle = a_unit("t-giua", "ward")
    put(middle, top, span("2020..2022"))
    put(unit, middle, span("2021..2023"))
    assert "không thể là cấp trên của nó" in refused(top, unit, "2022-12-31..2024")
    assert "không thể là cấp trên của nó" in refused(top, unit, "..")
    put(top, unit, span("2023.."))
    assert queries.ancestors_on(top, span("2023-06-01").last_day) == [unit.pk, middle.pk]
    assert queries.ancestors_on(unit, span("2022-06-01").last_day) == [middle.pk, top.pk]
    assert queries.ancestors_on(unit, span("2024-06-01").last_day) == []


def test_not_under_itself(pair: tuple[Unit, Unit]) -> None:
    assert "không thể là cấp trên của nó" in refused(pair[1], pair[1], "2020")


@pytest.mark.parametrize("valid", ["2019-12-31..2021", "2023..2025-01-01", "..2022", "2021..", ".."])
@pytest.mark.parametrize("whose", ["unit", "parent"])
def test_both_live_all_the_time(pair: tuple[Unit, Unit], valid: str, whose: str) -> None:
    short = a_unit("t-ngan", life=span("2020..2024"))
    unit, parent = (short, pair[0]) if whose == "unit" else (pair[1], short)
    assert "không hoạt động suốt thời gian" in refused(unit, parent, valid)
    put(unit, parent, span("2020..2024"))

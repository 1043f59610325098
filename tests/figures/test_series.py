"""What charts draw is what the figures say: over every unit and period of the demonstration."""

from fractions import Fraction
from typing import Any

import pytest

from nhiemky.figures.definitions import definitions, occasions_in, openable, spent_in
from nhiemky.figures.queries import Asked, gather, open_figure
from nhiemky.figures.queries import material as materials
from nhiemky.figures.queries.board import figure_of
from nhiemky.figures.queries.series import money_of, series, size_of, spending, units_compared
from nhiemky.foundation import clock
from nhiemky.ledger import kinds
from nhiemky.rules.indicators import Coverage, Measure
from nhiemky.rules.quantities import Comparator
from nhiemky.rules.timeline import Span
from nhiemky.units.models import Unit
from nhiemky.units.queries import periods_of

pytestmark = [pytest.mark.both_engines, pytest.mark.django_db]


def every_question() -> list[tuple[Unit, Asked]]:
    today = clock.today()
    found = []
    for unit in Unit.objects.prefetch_related("terms", "named_periods").order_by("pk"):
        spans = [period.span for period in periods_of(unit)] + [Span.parse("2024"), Span.parse("2018..2023")]
        found += [(unit, Asked(span, min(span.last_day, today))) for span in spans]
    return found


def test_each_month_is_the_figure_of_that_month_and_opens_into_it() -> None:
    today, compared = clock.today(), 0
    for unit, asked in every_question():
        for code in (spent_in("care"), occasions_in("care"), "hardship_support_visits"):
            found = series(code, gather(unit, [asked.period], today), asked)
            for step in (each for each in found.steps if each.is_known):
                alone, material = figure_of(code, unit, step.asked, today)
                assert (alone.value, alone.records) == (step.value, step.records), (unit.code, code, step.asked)
                rows = open_figure(alone, material).counted
                whole = sum((row.money_value if code == spent_in("care") else row.value) or 0 for row in rows)
                assert whole == (size_of(step.value) or 0)
                compared += 1
    assert compared > 60


def test_months_and_what_is_longer_than_a_month_make_the_whole() -> None:
    today, with_outside = clock.today(), 0
    for unit, asked in every_question():
        material = gather(unit, [asked.period], today)
        for code in (spent_in("care"), occasions_in("care")):
            found = series(code, material, asked)
            inside = [record for step in found.steps for record in step.records]
            assert len(inside) == len(set(inside)), "a record in two months"
            with_outside += bool(found.outside)
            totals = any(material.by_code[record].coverage is not Coverage.ACT for record in found.whole.records)
            if not totals:  # a published total holds what its months show
                assert set(inside) | set(found.outside) == set(found.whole.records)
    assert with_outside > 3


def test_the_lines_of_a_field_add_up_to_its_total() -> None:
    today, compared = clock.today(), 0
    for unit, asked in every_question():
        for field in kinds.fields():
            whole, lines = spending(field, gather(unit, [asked.period], today), asked)
            if whole is None:
                assert not lines
                continue
            assert sum(money_of(line) for line in lines) == (size_of(whole.value) or 0), (unit.code, field)
            compared += bool(lines)
    assert compared > 30


def test_units_side_by_side_are_each_their_own_figure() -> None:
    today, compared, stated = clock.today(), 0, 0
    codes = [
        spent_in("care"),
        "hardship_support_visits",
        "union_members",
        "workers_unionised_pct",
        "new_members_admitted",
    ]
    for unit, asked in every_question():
        for code in codes:
            found = units_compared(code, unit, asked, today)
            for card, figure in found:
                alone, _ = figure_of(code, Unit.objects.get(pk=card.id), asked, today)
                assert (alone.value, set(alone.records)) == (figure.value, set(figure.records)), (card.code, code)
                compared += figure.is_known
                stated += figure.is_known and figure.definition.measure in (Measure.STOCK, Measure.RATIO)
            sizes = [Fraction(-1) if (size := size_of(figure.value)) is None else size for _, figure in found]
            assert sizes == sorted(sizes, reverse=True)
    assert compared > 40
    assert stated > 5


def test_a_total_of_another_child_still_holds_its_detail(monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted bug: a child's material without the totals that stood elsewhere is another material."""
    today = clock.today()
    unit = Unit.objects.get(code="hc-tinh")
    asked = Asked(Span.parse("2018..2028"), today)
    right = units_compared(spent_in("care"), unit, asked, today)
    real = materials.facts_under
    monkeypatch.setattr(materials, "facts_under", lambda *given: real(*given)[1:-1:2])
    materials.forget()
    wrong = units_compared(spent_in("care"), unit, asked, today)
    materials.forget()
    assert [figure.value for _, figure in right] != [figure.value for _, figure in wrong]


def test_totals_are_no_lines_of_a_report() -> None:
    extra = openable().keys() - definitions().keys()
    assert {spent_in("care"), occasions_in("care")} <= extra
    for code in extra:
        assert openable()[code].measure in (Measure.MONEY, Measure.COUNT)
        assert openable()[code].field in kinds.fields()


def test_a_figure_with_a_comparator_keeps_it_in_every_month(clerk: Any) -> None:
    today = clock.today()
    unit = Unit.objects.get(code="hc-suoi-mong")
    span = Span.parse("2024-11")
    step = figure_of(spent_in("care"), unit, Asked(span, span.last_day), today)[0]
    assert step.value.comparator is Comparator.LT
    assert step.value.value == 65_000_000

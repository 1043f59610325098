"""Laws of dates, spans and the dated tree, each against plain enumeration of days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import strategies as st

from nhiemky.rules import timeline
from nhiemky.rules.timeline import Edge, PartialDate, Precision, Span
from tests.factories import Law, law, laws_in

FIRST, LAST = date(2023, 12, 20), date(2024, 1, 20)
INSIDE = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
# only an open end holds the days around
WINDOW = [FIRST - timedelta(days=1), *INSIDE, LAST + timedelta(days=1)]

days = st.sampled_from(INSIDE)
partials = st.builds(
    lambda day, precision: PartialDate.parse(day.isoformat()[: {"day": 10, "month": 7, "year": 4}[precision]]),
    st.dates(date(1900, 1, 1), date(2100, 12, 31)),
    st.sampled_from(list(Precision)),
)


@st.composite
def near_spans(draw: st.DrawFn) -> Span:
    first, last = sorted((draw(days), draw(days)))
    start = draw(st.sampled_from([first, first, first, None]))
    end = draw(st.sampled_from([last, last, last, None]))
    return Span(start, end + timedelta(days=1) if end else None)


@st.composite
def written_spans(draw: st.DrawFn) -> Span:
    start, end = draw(st.none() | partials), draw(st.none() | partials)
    if start and end and end.last < start.first:
        start, end = end, start
    return Span.between(start, end)


def days_of(span: Span) -> set[date]:
    return {day for day in WINDOW if not (span.starts_on and day < span.starts_on) and not is_after(span, day)}


def is_after(span: Span, day: date) -> bool:
    return span.ends_before is not None and day > span.ends_before - timedelta(days=1)


@law(written_spans())
def check_a_span_is_read_as_it_was_written(span: Span) -> None:
    assert Span.parse(span.isoformat()) == span
    assert Span.between(span.start, span.end) == span


@law(partials)
def check_a_partial_date_means_the_days_it_begins(partial: PartialDate) -> None:
    assert PartialDate.parse(partial.isoformat()) == partial
    assert (partial.first - timedelta(days=1)).isoformat()[: len(partial.isoformat())] != partial.isoformat()
    assert partial.first.isoformat().startswith(partial.isoformat())
    assert partial.last.isoformat().startswith(partial.isoformat())
    assert not (partial.last + timedelta(days=1)).isoformat().startswith(partial.isoformat())


@law(st.text(st.sampled_from("0123456789-."), max_size=12) | st.text(max_size=12), examples=400)
def check_text_is_a_span_or_a_value_error(text: str) -> None:
    try:
        span = Span.parse(text)
    except ValueError:
        return
    assert Span.parse(span.isoformat()) == span


@law(near_spans())
def check_a_span_holds_its_days(span: Span) -> None:
    held = days_of(span)
    assert {day for day in WINDOW if span.holds(day)} == held
    if span.starts_on and span.ends_before:
        assert span.days == len(held)
        assert span.last_day == max(held)
        assert span.is_one_day == (len(held) == 1)


@law(near_spans(), near_spans(), examples=400)
def check_two_spans_compare_as_their_days(one: Span, other: Span) -> None:
    mine, yours = days_of(one), days_of(other)
    assert one.covers(other) == (mine >= yours)
    assert one.overlaps(other) == bool(mine & yours)
    shared = one.shared(other)
    assert (days_of(shared) if shared else set()) == mine & yours


@law(near_spans(), days)
def check_the_elapsed_share_counts_days(span: Span, today: date) -> None:
    passed, whole = timeline.elapsed_share(span, today)
    if span.starts_on is None or span.ends_before is None:
        assert (passed, whole) == (0, 1)
        return
    held = days_of(span)
    assert (passed, whole) == (len([day for day in held if day <= today]), len(held))


units = st.integers(1, 6)
edges = st.builds(Edge, units, units, near_spans())


@law(st.lists(edges, max_size=12), units, days, examples=120)
def check_a_line_climbs_the_tree_of_its_day(drawn: list[Edge], unit: int, day: date) -> None:
    found = [edge for edge in drawn if edge.unit != edge.parent]
    tree: dict[int, int] = {}
    for edge in found:
        if day in days_of(edge.span):
            tree.setdefault(edge.unit, edge.parent)
    expected = [unit]
    while expected[-1] in tree and tree[expected[-1]] not in expected:
        expected.append(tree[expected[-1]])
    assert timeline.line_on(timeline.edges_by_unit(found), unit, day) == tuple(expected)


@pytest.mark.parametrize("held", laws_in(globals()), ids=str)
def test_law(held: Law) -> None:
    held.hold()


@pytest.mark.parametrize(
    "text",
    ["", "20", "2018-13", "2018-02-30", "2018-6", "2018..2017", "..2018-00", "0000", "9999-12-31", "2018..9999-12-31"],
)
def test_text_that_is_no_span_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        Span.parse(text)


@pytest.mark.parametrize("text", ["2018", "2018..2023", "2018..", "..2023-06", "..", "2020-02-29", "2023-09..2024-08"])
def test_a_span_is_written_no_more_exactly_than_known(text: str) -> None:
    assert Span.parse(text).isoformat() == text


def test_a_span_ends_after_it_starts() -> None:
    with pytest.raises(ValueError, match="2024"):
        Span(date(2024, 1, 2), date(2024, 1, 2))

"""Reorganisations told as stories: what goes with the units, and what comes back."""

from __future__ import annotations

from datetime import date

import pytest

from nhiemky.figures.definitions import definitions
from nhiemky.figures.queries import evaluate
from nhiemky.figures.queries.material import Asked, gather
from nhiemky.foundation.refusals import NotAllowed, Refusal
from nhiemky.foundation.roles import Role
from nhiemky.ledger.actions import record_entry, record_statement
from nhiemky.members.actions import enter_person, fill_post, join_unit
from nhiemky.members.models import Membership, Post
from nhiemky.reforms.actions import (
    annul_reorganisation,
    apply_reorganisation,
    discard_reorganisation,
    draft_reorganisation,
    reverse_reorganisation,
)
from nhiemky.reforms.models import Reorganisation, State
from nhiemky.reforms.rows import Do, Row
from nhiemky.rules.indicators import Count
from nhiemky.rules.quantities import Quantity
from nhiemky.rules.timeline import Span
from nhiemky.units.actions import open_term
from nhiemky.units.history import history
from nhiemky.units.models import Unit
from tests.factories import a_unit, a_user, clerk, let, put

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]

BEGAN, DAY, TODAY = date(2020, 1, 1), date(2025, 7, 1), date(2025, 12, 1)
ALWAYS = Span(BEGAN, None)


@pytest.fixture
def province(db: None) -> Unit:
    """A province, a district with two unions, each with members, a chair, a term, work and a stated stock."""
    top = a_unit("sx-tinh", "province", life=ALWAYS)
    district = a_unit("sx-huyen", "district", life=ALWAYS)
    put(district, top, ALWAYS)
    for code, gifts, members in (("sx-mot", 3, 300), ("sx-hai", 5, 200)):
        union = a_unit(code, "grassroots", "su_nghiep", ALWAYS)
        put(union, district, ALWAYS)
        open_term(by=clerk(), unit=union, label="2023-2028", period=Span(date(2023, 3, 1), None))
        for name in ("An", "Bình"):
            person = enter_person(by=clerk(), name=f"{name} {code}", fictional=True)
            join_unit(by=clerk(), unit=union, person=person, valid=ALWAYS, joining="individual")
            if name == "An":
                fill_post(
                    by=clerk(), unit=union, person=person, body="bch", role="chair", mandate="elected", valid=ALWAYS
                )
        record_statement(
            by=clerk(), unit=union, subject="members", period=Span.on(date(2025, 6, 1)), today=TODAY,
            value=Quantity(members),
        )  # fmt: skip
        record_entry(
            by=clerk(), unit=union, kind="tet_gifts", period=Span.on(date(2025, 2, 1)), today=TODAY,
            counts=[Count("suat", Quantity(gifts))],
        )  # fmt: skip
    return top


def applied(top: Unit, *rows: Row, day: date = DAY) -> Reorganisation:
    numbered = [Row(**{**vars(row), "at": at}) for at, row in enumerate(rows, 1)]
    event = draft_reorganisation(by=clerk(), unit=top, title="Sắp xếp", day=day, rows=numbered, decision="01/QĐ")
    return apply_reorganisation(by=clerk(), event=event, today=TODAY)


def gifts(code: str, boundaries: date | None = None) -> int:
    unit, year = Unit.objects.get(code=code), Span(date(2025, 1, 1), date(2026, 1, 1))
    material = gather(unit, [year], TODAY, boundaries)
    return evaluate(definitions()["tet_gifts_given"], material, Asked(year, TODAY, boundaries)).value.value or 0


def members_stated(code: str, day: date) -> int | None:
    unit = Unit.objects.get(code=code)
    material = gather(unit, [Span.on(day)], TODAY)
    return evaluate(definitions()["union_members"], material, Asked(Span.on(day), day)).value.value


def of(code: str, day: date) -> set[str]:
    rows = Membership.objects.filter(unit__code=code, superseded_at__isnull=True).select_related("person")
    return {row.person.name for row in rows if row.span.holds(day)}


def test_two_unions_merge_into_a_new_one_and_add_up(province: Unit) -> None:
    event = applied(
        province,
        Row(Do.MERGE, "sx-mot", name="Công đoàn cơ sở Trường Một Hai"),
        Row(Do.MERGE, "sx-hai", name="Công đoàn cơ sở Trường Một Hai"),
    )
    new = Unit.objects.get(names__name="Công đoàn cơ sở Trường Một Hai").code
    assert event.state == State.APPLIED
    assert of(new, DAY) == {"An sx-mot", "Bình sx-mot", "An sx-hai", "Bình sx-hai"}
    assert of("sx-mot", DAY) == set()
    assert len(of("sx-mot", date(2025, 6, 30))) == 2
    assert members_stated(new, DAY) == 500
    assert members_stated("sx-tinh", date(2025, 6, 30)) == members_stated("sx-tinh", DAY) == 500
    # as it was then the gifts are the old unions'; on today's tree they are the new one's, and the top never changes
    assert [gifts(code) for code in ("sx-mot", "sx-hai", new, "sx-tinh")] == [3, 5, 0, 8]
    assert [gifts(code, TODAY) for code in ("sx-mot", "sx-hai", new, "sx-tinh")] == [0, 0, 8, 8]
    assert {row.ending for row in Post.objects.filter(superseded_at__isnull=True, unit__code__startswith="sx-")} == {
        "unit_ended"
    }
    assert [term.span.ends_before for term in Unit.objects.get(code="sx-mot").terms.filter(superseded_at=None)] == [DAY]


def state_of_all() -> tuple:
    known = Membership.objects.filter(superseded_at__isnull=True).select_related("person", "unit")
    posts = Post.objects.filter(superseded_at__isnull=True).select_related("person", "unit")
    terms = [
        (unit.code, term.label, term.span)
        for unit in Unit.objects.all()
        for term in unit.terms.filter(superseded_at=None)
    ]
    return (
        history(),
        sorted((row.person.name, row.unit.code, row.span.isoformat(), row.joining, row.leaving) for row in known),
        sorted((row.person.name, row.unit.code, row.span.isoformat(), row.ending) for row in posts),
        sorted(terms, key=str),
        [members_stated(code, DAY) for code in ("sx-tinh", "sx-huyen", "sx-mot", "sx-hai")],
    )


def test_an_event_that_is_annulled_never_was(province: Unit) -> None:
    before = state_of_all()
    event = applied(province, Row(Do.MERGE, "sx-mot", "sx-hai"))
    assert state_of_all() != before
    annul_reorganisation(by=clerk(), event=event, reason="Ghi nhầm đơn vị")
    assert state_of_all() == before


def test_nothing_is_taken_back_from_under_what_was_built_on_it(province: Unit) -> None:
    event = applied(
        province,
        Row(Do.FOUND, "sx-phuong", name="Công đoàn phường Mới", kind="ward"),
        Row(Do.MOVE, "sx-mot", "sx-phuong"),
    )
    ward = Unit.objects.get(code="sx-phuong")
    record_entry(
        by=clerk(), unit=ward, kind="tet_gifts", period=Span.on(date(2025, 9, 1)), today=TODAY,
        counts=[Count("suat", Quantity(1))],
    )  # fmt: skip
    with pytest.raises(Refusal, match="1 việc đã ghi ở đơn vị mới"):
        annul_reorganisation(by=clerk(), event=event, reason="Ghi nhầm")
    assert Reorganisation.objects.get(pk=event.pk).state == State.APPLIED


def test_a_merge_is_turned_back_on_a_later_day(province: Unit) -> None:
    event = applied(province, Row(Do.MERGE, "sx-mot", "sx-hai"))
    later = date(2025, 10, 1)
    turned = reverse_reorganisation(by=clerk(), event=event, day=later)
    apply_reorganisation(by=clerk(), event=turned, today=TODAY)
    assert of("sx-mot", later) == {"An sx-mot", "Bình sx-mot"}
    assert of("sx-hai", later) == {"An sx-hai", "Bình sx-hai"}
    assert len(of("sx-hai", date(2025, 9, 30))) == 4
    unit = Unit.objects.get(code="sx-mot")
    assert unit.interrupted
    assert [unit.lives_on(day) for day in (date(2025, 6, 30), DAY, later)] == [True, False, True]


def test_a_plan_tells_all_its_faults_at_once(province: Unit) -> None:
    event = draft_reorganisation(
        by=clerk(), unit=province, title="Sai", day=DAY,
        rows=[
            Row(Do.MOVE, "khong-co", "sx-tinh", at=1),
            Row(Do.END, "sx-huyen", at=2),
            Row(Do.MOVE, "sx-mot", "sx-mot", at=3),
            Row(Do.SPLIT, "sx-hai", "sx-mot", at=4),
        ],
    )  # fmt: skip
    before = state_of_all()
    with pytest.raises(Refusal) as refused:
        apply_reorganisation(by=clerk(), event=event, today=TODAY)
    assert "khong-co" in str(refused.value)
    assert state_of_all() == before


def test_whoever_answers_for_the_unit_alone_plans_nothing_below(province: Unit) -> None:
    alone, over = a_user("mot-minh"), a_user("ca-cay")
    let(alone, province, Role.ADMINISTRATOR)
    let(over, province, Role.ADMINISTRATOR, below=True)
    given = {"unit": province, "title": "Sắp xếp", "day": DAY, "rows": [Row(Do.END, "sx-mot", at=1)]}
    with pytest.raises(NotAllowed):
        draft_reorganisation(by=alone, **given)
    event = draft_reorganisation(by=over, **given)
    for act in (
        lambda: apply_reorganisation(by=alone, event=event, today=TODAY),
        lambda: discard_reorganisation(by=alone, event=event),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert Reorganisation.objects.get(pk=event.pk).state == State.DRAFT


def test_a_plan_of_a_past_day_does_not_reach_what_is_somebody_elses_today(province: Unit) -> None:
    other = a_unit("sx-ben", "district", life=ALWAYS)
    put(other, province, ALWAYS)
    applied(province, Row(Do.MOVE, "sx-mot", "sx-ben"), day=date(2025, 8, 1))
    district = Unit.objects.get(code="sx-huyen")
    before = state_of_all()
    for row in (Row(Do.RENAME, "sx-mot", name="Tên khác", at=1), Row(Do.MERGE, "sx-mot", "sx-hai", at=1)):
        event = draft_reorganisation(by=clerk(), unit=district, title="Ngày cũ", day=date(2025, 3, 1), rows=[row])
        with pytest.raises(Refusal):
            apply_reorganisation(by=clerk(), event=event, today=TODAY)
    assert state_of_all() == before


def test_a_unit_that_has_ended_plans_nothing(province: Unit) -> None:
    applied(province, Row(Do.MOVE, "sx-mot", "sx-tinh"), Row(Do.MOVE, "sx-hai", "sx-tinh"), Row(Do.END, "sx-huyen"))
    district = Unit.objects.get(code="sx-huyen")
    rows = [Row(Do.RENAME, "sx-mot", name="Tên khác", at=1)]
    event = draft_reorganisation(by=clerk(), unit=district, title="Ngày cũ", day=date(2025, 3, 1), rows=rows)
    with pytest.raises(Refusal, match="đã kết thúc"):
        apply_reorganisation(by=clerk(), event=event, today=TODAY)

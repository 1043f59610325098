"""The reform of 2025 told in the fictional provinces: who ends, who goes on, and where past work stands on which tree."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from nhiemky.config.command import main
from nhiemky.config.province.recipe import Recipe
from nhiemky.config.province.reform import reorganise
from nhiemky.foundation.models import AuditEvent, User
from nhiemky.ledger.models import Entry, Statement
from nhiemky.ledger.queries import living
from nhiemky.members.models import Membership, Post
from nhiemky.members.queries import memberships_on
from nhiemky.reforms.models import Reorganisation, State
from nhiemky.reports.check import every_fault
from nhiemky.rules.timeline import Span
from nhiemky.units.models import Placement, Succession, Term, Unit, UnitLife
from nhiemky.units.queries import cards
from tests.factories import clerk

pytestmark = pytest.mark.both_engines

PAID_BY_STATE, DISTRICTS, TODAY = date(2025, 6, 15), date(2025, 7, 1), date(2026, 11, 24)
EVE, BETWEEN, NOW = "2025-06-30", "2025-07-15", "2026-11-24"
TOP, PROVINCE, MERGED = "hc-tong-lien-doan", "hc-tinh", "hc-dong-mo"
COMMUNES = ("hc-xa-ngan-may", "hc-xa-suong-som")


@pytest.fixture
def visits(province: float, capsys: pytest.CaptureFixture[str]) -> Any:
    def asked(code: str, on: str, indicator: str = "sick_members_visited") -> int:
        time = ["--from", "2023-01-01", "--to", "2025-06-30"]
        assert main(["figure", indicator, code, *time, "--boundaries", on, "--open"]) == 0
        found = json.loads(capsys.readouterr().out)
        value: int = found["value"] or 0
        assert sum(row["value"] or 0 for row in found["records"]) == value
        return value

    return asked


def known(model: Any, **of: Any) -> Any:
    return model.objects.filter(superseded_at__isnull=True, **of)


def shown(path: str) -> str:
    client = Client()
    client.force_login(User.objects.get(username="hu-cau"), backend="django.contrib.auth.backends.ModelBackend")
    answer = client.get(path)
    assert answer.status_code == 200, path
    return " ".join(answer.content.decode().split())


def test_each_step_is_an_event_of_its_own_with_a_fictional_decision(province: float) -> None:
    events = list(Reorganisation.objects.order_by("day", "code"))
    assert len(events) == len(Recipe(settings.DATA_DIR / "demo").events) == 9
    assert {event.state for event in events} == {State.APPLIED}
    assert [event.day for event in events][:4] == [PAID_BY_STATE] * 2 + [DISTRICTS] * 2
    assert len({event.day for event in events[4:]}) == 5 and min(event.day for event in events[4:]) > DISTRICTS
    assert all("(hư cấu)" in event.decision and "(hư cấu)" in event.decided_by and event.decided_on for event in events)
    assert all(event.unit.fictional for event in events)


def test_a_second_run_applies_nothing_again(province: float) -> None:
    before = AuditEvent.objects.count()
    reorganise(clerk(), settings.DATA_DIR / "demo", TODAY)
    assert AuditEvent.objects.count() == before


def test_the_check_finds_nothing_wrong_with_it(province: float) -> None:
    assert list(every_fault(TODAY)) == []


def test_published_units_have_no_successor_and_no_reform(province: float) -> None:
    real = Unit.objects.filter(fictional=False)
    assert real.count() >= 5
    for model in (UnitLife, Placement, Term, Membership, Post):
        assert not model.objects.filter(unit__in=real).exclude(cause="").exists(), model
    assert not Succession.objects.filter(unit__in=real).exists()
    assert not Succession.objects.filter(successor__in=real).exists()


def test_unions_of_bodies_that_the_state_pays_end_with_members_and_posts(province: float) -> None:
    ended = Unit.objects.filter(ends_before=PAID_BY_STATE, fictional=True).exclude(code__contains="-to-")
    assert ended.count() == 7
    for unit in ended:
        assert memberships_on([unit.pk], date(2025, 6, 14)).exists(), unit
        assert not memberships_on([unit.pk], PAID_BY_STATE).exists(), unit
        last = known(Membership, unit=unit, ends_before=PAID_BY_STATE)
        assert set(last.values_list("leaving", flat=True)) == {"ended"}, unit
        posts = known(Post, unit=unit, ends_before=PAID_BY_STATE)
        assert posts.count() >= 3 and set(posts.values_list("ending", flat=True)) == {"unit_ended"}, unit
        assert not Succession.objects.filter(unit=unit).exists(), unit


def test_districts_end_and_their_terms_close_early(province: float) -> None:
    for code in ("hc-ngan-may", "hc-ben-trang-sao", "hc-song-reo"):
        unit = Unit.objects.get(code=code)
        [term] = known(Term, unit=unit, label="2023–2028")
        assert term.span.ends_before == DISTRICTS and term.planned_ends_before == date(2029, 1, 1)
        assert not known(Placement, parent=unit, ends_before__isnull=True).exists()
    report = shown("/don-vi/hc-ngan-may/bao-cao/2023-2028/")
    assert "11/05/2023 – 30/06/2025" in report and "12/19" in report
    assert "đã kết thúc" in shown("/don-vi/hc-ngan-may/")


def test_grassroots_unions_stand_under_the_province_until_their_ward_begins(province: float) -> None:
    unit = Unit.objects.get(code="hc-may-nang-som")
    places = known(Placement, unit=unit).select_related("parent").order_by("starts_on")
    assert [(place.parent.code, place.ends_before) for place in places] == [
        ("hc-song-reo", DISTRICTS),
        ("hc-tinh", date(2025, 9, 5)),
        ("hc-xa-song-reo", None),
    ]
    assert {place.decision for place in places} - {""}, "each by its decision"


def test_wards_begin_with_appointed_committees_and_some_have_no_term_yet(province: float) -> None:
    wards = Recipe(settings.DATA_DIR / "demo").founded
    for code, day in wards.items():
        unit = Unit.objects.get(code=code)
        appointed = known(Post, unit=unit, mandate="appointed")
        assert {row.starts_on for row in appointed} == {day}, code
        assert all(row.person.fictional for row in appointed)
        assert not living(Entry.objects.filter(unit=unit, starts_on__lt=day)).exists()
        assert living(Entry.objects.filter(unit=unit)).exists(), code
    first = known(Term, unit__code__in=wards)
    assert {(term.unit.code, term.ordinal) for term in first} == {("hc-phuong-ben-trang", 1), ("hc-xa-ngan-may", 1)}
    elected = known(Post, unit__code="hc-xa-ngan-may", mandate="elected")
    assert {row.starts_on for row in elected} == {date(2025, 10, 28)}
    managed = known(Placement, parent__code="hc-phuong-ben-trang", territory="phường Sao Nhỏ")
    assert managed.count() == 2
    page = shown("/don-vi/hc-phuong-ben-trang/")
    assert "25/07/2025" in page and "2025–2030" in page
    assert "chỉ định" in shown("/don-vi/hc-xa-suong-som/chuc-danh/")


def test_a_district_that_is_one_special_zone_goes_on_under_another_name(province: float) -> None:
    unit = Unit.objects.get(code="hc-suoi-mong")
    [before], [after] = (cards(Unit.objects.filter(pk=unit.pk), day) for day in (date(2025, 6, 30), DISTRICTS))
    assert (before.kind, after.kind) == ("district", "ward")
    assert "huyện Suối Mộng" in before.name and "đặc khu Suối Mộng" in after.name
    assert unit.lives_on(TODAY)


def test_past_work_adds_up_at_the_top_on_every_tree(visits: Any) -> None:
    top = visits(TOP, "then")
    assert top > 1_000
    assert visits(PROVINCE, "then") + visits(MERGED, "then") == top and visits(MERGED, "then") > 0
    for on in (EVE, BETWEEN, NOW):
        assert visits(TOP, on) == top, on
    assert visits(PROVINCE, BETWEEN) == visits(PROVINCE, NOW) == top
    assert visits(MERGED, BETWEEN) == visits(MERGED, NOW) == 0


def test_work_of_a_district_without_an_heir_stands_with_its_unions_and_the_province(visits: Any) -> None:
    then = visits("hc-ngan-may", "then")
    assert visits("hc-ngan-may", EVE) == then > 0
    assert visits("hc-ngan-may", BETWEEN) == visits("hc-ngan-may", NOW) == 0
    communes = [visits(code, NOW) for code in COMMUNES]
    assert all(communes) and sum(communes) < then, "what unions did that have ended is the province's"
    assert [visits(code, on) for code in COMMUNES for on in ("then", BETWEEN)] == [0] * 4


def test_work_of_the_town_is_inherited_by_the_ward_from_its_first_day(visits: Any) -> None:
    town, ward = "hc-ben-trang-sao", "hc-phuong-ben-trang"
    assert visits(ward, NOW) == visits(town, EVE) > 0
    assert visits(ward, "then") == visits(ward, BETWEEN) == visits(town, NOW) == 0
    # work of the town's own office goes to the ward whole
    own = visits(town, EVE, "training_classes")
    assert own > 0 and visits(ward, NOW, "training_classes") == own


def test_stocks_go_with_what_merges(province: float) -> None:
    old = living(
        Statement.objects.filter(unit__code=MERGED, subject="social_fund_balance", ends_before=date(2024, 12, 16))
    ).get()
    opened = living(Statement.objects.filter(unit__code=PROVINCE, subject="social_fund_balance")).get()
    assert opened.value == old.value and opened.span == Span.on(DISTRICTS)
    school = Unit.objects.get(code="hc-th-thcs-suong-som")
    stated = living(Statement.objects.filter(unit=school, subject="members")).get()
    joined = memberships_on([school.pk], stated.span.last_day)
    assert joined.count() == stated.value > 80
    assert set(joined.values_list("joining", flat=True)) == {"reorganised"}

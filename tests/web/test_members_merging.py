"""The screens of merging, of the cut-over and of naming people of the register, as people use them."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.web.conftest import SUOI_MONG, Cast
from tests.web.moving import NEW, OLD, a_member, waiting_transfer

pytestmark = pytest.mark.both_engines

ClientOf = Callable[..., Client]


@pytest.fixture
def person(cast: Cast, db: None) -> Callable[..., Any]:
    """`person("Trần Thị Mơ", unit, "2024-01-01..")`: a member of the unit, of Suối Mộng by default."""
    from nhiemky.members.actions import enter_person, join_unit
    from nhiemky.rules.timeline import Span

    def make(name: str, unit: Any = None, valid: str = "2024-01-01..", **fields: Any) -> Any:
        by, where = cast.users["quan-tri"], unit or cast.unit
        made = enter_person(by=by, unit=where, name=name, **fields)
        join_unit(by=by, unit=where, person=made, valid=Span.parse(valid), joining="individual")
        return made

    return make


@pytest.fixture
def elsewhere(cast: Cast, db: None) -> Any:
    """A unit of another province, out of reach of the officer of Suối Mộng."""
    from nhiemky.units.models import Unit

    return Unit.objects.get(code="song-lo")


def page_of(answer: Any) -> str:
    return str(answer.content.decode())


# --- merging


def test_records_of_one_name_are_offered_and_merged_and_taken_apart(
    cast: Cast, client_of: ClientOf, person: Callable[..., Any]
) -> None:
    from nhiemky.members.models import PersonMerge

    one, other = person("Trần Thị Mơ"), person("Trần Thị Mơ", valid="2025-01-01..")
    client, place = client_of("suoi-mong"), reverse("web.members.merge", args=[one.code])
    assert f"?voi={other.code}" in page_of(client.get(place))
    page = page_of(client.get(f"{place}?voi={other.code}"))
    assert "Hai hồ sơ này có phải một người?" in page and "2 lần là đoàn viên" in page
    answer = client.post(place, {"voi": other.code, "giu": "nay", "ly-do": ""})
    assert answer.status_code == 422 and "Chưa có lý do" in page_of(answer)
    client.post(place, {"voi": other.code, "giu": "kia", "ly-do": "trùng CCCD"})
    one.refresh_from_db()
    assert one.same_as_id == other.pk
    # the address of either record opens the one that stands for both
    page = page_of(client.get(place))
    assert "trùng CCCD" in page and "Tách ra" in page
    # the same form sent again finds it done
    again = client.post(place, {"voi": other.code, "giu": "kia", "ly-do": "trùng CCCD"}, follow=True)
    assert "đã là một người" in page_of(again) and PersonMerge.objects.count() == 1
    merge = PersonMerge.objects.get()
    client.post(reverse("web.members.unmerge", args=[other.code, merge.pk]))
    one.refresh_from_db()
    assert one.same_as_id is None
    answer = client.post(reverse("web.members.unmerge", args=[other.code, merge.pk]))
    assert answer.status_code in (302, 404)
    assert "đã tách" in page_of(client.get(reverse("web.members.merge", args=[other.code])))


def test_members_of_two_units_on_one_day_are_not_merged_and_the_days_are_said(
    cast: Cast, client_of: ClientOf, person: Callable[..., Any]
) -> None:
    from nhiemky.units.queries import units_below_on

    below = units_below_on(cast.unit, cast.today).order_by("pk")[0]
    one, other = person("Trần Thị Mơ"), person("Trần Thị Mơ", below, "2025-03-01..2025-05-31")
    client, place = client_of("suoi-mong"), reverse("web.members.merge", args=[one.code])
    page = page_of(client.get(f"{place}?voi={other.code}"))
    assert "01/03/2025" in page and "31/05/2025" in page and "Gộp hai hồ sơ</button>" not in page
    answer = client.post(place, {"voi": other.code, "giu": "nay", "ly-do": "trùng CCCD"})
    assert answer.status_code == 422
    one.refresh_from_db()
    other.refresh_from_db()
    assert one.same_as_id is other.same_as_id is None


def test_a_real_and_an_invented_person_are_never_one(
    cast: Cast, client_of: ClientOf, person: Callable[..., Any]
) -> None:
    one, other = person("Trần Thị Mơ"), person("Trần Thị Mơ")
    type(other).objects.filter(pk=other.pk).update(fictional=not one.fictional)
    client, place = client_of("suoi-mong"), reverse("web.members.merge", args=[one.code])
    answer = client.post(place, {"voi": other.code, "giu": "nay", "ly-do": "trùng CCCD"})
    assert answer.status_code == 422 and "người hư cấu" in page_of(answer)
    other.refresh_from_db()
    assert other.same_as_id is None


def test_who_reaches_one_unit_only_neither_sees_nor_merges_the_other(
    cast: Cast, client_of: ClientOf, person: Callable[..., Any], elsewhere: Any
) -> None:
    one, other = person("Trần Thị Mơ"), person("Trần Thị Mơ", elsewhere, "2020-01-01..2021-12-31")
    place = reverse("web.members.merge", args=[one.code])
    client = client_of("suoi-mong")
    assert other.code not in page_of(client.get(place))
    assert client.get(f"{place}?voi={other.code}").status_code == 404
    assert client.post(place, {"voi": other.code, "giu": "nay", "ly-do": "trùng"}).status_code == 404
    assert client_of("song-lo").post(place, {"voi": other.code, "giu": "nay", "ly-do": "trùng"}).status_code == 404
    assert client_of("quan-tri").post(place, {"voi": other.code, "giu": "nay", "ly-do": "trùng"}).status_code == 302
    # the unit that keeps the person now reads both; undoing asks for both units again
    merge = one.merged_in.get()
    answer = client.post(reverse("web.members.unmerge", args=[one.code, merge.pk]))
    assert answer.status_code == 403
    merge.refresh_from_db()
    assert merge.undone_at is None


def test_an_auditor_neither_merges_nor_takes_apart(cast: Cast, client_of: ClientOf, person: Callable[..., Any]) -> None:
    from nhiemky.members.actions import merge_persons

    one, other, third = person("Trần Thị Mơ"), person("Trần Thị Mơ"), person("Trần Thị Mơ")
    merge = merge_persons(by=cast.users["quan-tri"], unit=cast.unit, kept=one, dropped=other, reason="một người")
    place = reverse("web.members.merge", args=[one.code])
    client = client_of("kiem-tra")
    assert client.post(place, {"voi": third.code, "giu": "nay", "ly-do": "trùng"}).status_code == 403
    assert client.post(reverse("web.members.unmerge", args=[one.code, merge.pk])).status_code == 403


def test_what_is_private_stays_masked_side_by_side(cast: Cast, client_of: ClientOf, person: Callable[..., Any]) -> None:
    given = {"id_number": "036188001234", "phone": "0912345678", "born_on": date(1988, 6, 5), "religion": "Phật giáo"}
    one, other = person("Trần Thị Mơ", **given), person("Trần Thị Mơ", **given)
    place = f"{reverse('web.members.merge', args=[one.code])}?voi={other.code}"
    near, far = page_of(client_of("suoi-mong").get(place)), page_of(client_of("hu-cau").get(place))
    assert "036188001234" not in near + far and "•••234" in near and "•••234" in far
    assert "0912345678" in near and "0912345678" not in far
    assert "05/06/1988" in near and "05/06/1988" not in far and "1988" in far


def test_a_name_that_is_looked_for_stands_in_no_address(client_of: ClientOf, person: Callable[..., Any]) -> None:
    one, other = person("Trần Thị Mơ"), person("Lê Văn Quýt")
    client, place = client_of("suoi-mong"), reverse("web.members.merge", args=[one.code])
    assert 'role="search" method="post"' in page_of(client.get(place))
    answer = client.post(place, {"q": "quýt"})
    assert answer.status_code == 302 and "qu" not in answer["Location"].split("?tim=")[0].removeprefix(place)
    assert "qu%C3%BDt" not in answer["Location"] and "quýt" not in answer["Location"]
    page = page_of(client.get(answer["Location"]))
    assert f"?voi={other.code}" in page and 'value="quýt"' in page
    # what one person typed is nothing to another, and an address with a name finds nobody
    assert 'value="quýt"' not in page_of(client_of("quan-tri").get(answer["Location"]))
    assert other.code not in page_of(client.get(f"{place}?q=quyt"))


def test_two_records_that_both_wait_are_not_merged_whoever_began(cast: Cast, client_of: ClientOf) -> None:
    from nhiemky.foundation import clock
    from nhiemky.members.actions import request_transfer
    from nhiemky.members.models import PersonMerge
    from nhiemky.units.models import Unit

    by, old, new = cast.users["quan-tri"], Unit.objects.get(code=OLD), Unit.objects.get(code=NEW)
    sent, asked = waiting_transfer(by, old).person, a_member(by, old, card="T-502")
    request_transfer(by=by, unit=new, person=asked, first_day=clock.today(), today=clock.today())
    answer = client_of("quan-tri").post(
        reverse("web.members.merge", args=[sent.code]), {"voi": asked.code, "giu": "nay", "ly-do": "trùng"}
    )
    assert answer.status_code == 422 and "đang chờ chuyển sinh hoạt" in page_of(answer)
    assert not PersonMerge.objects.exists()


def test_the_page_of_lookalikes_asks_no_more_for_more(
    cast: Cast, client_of: ClientOf, person: Callable[..., Any]
) -> None:
    one, client = person("Trần Thị Mơ"), client_of("suoi-mong")
    place, counts = reverse("web.members.merge", args=[one.code]), []
    for _time in range(2):
        for _each in range(5):
            person("Trần Thị Mơ")
        with CaptureQueriesContext(connection) as asked:
            assert client.get(place).status_code == 200
        counts.append(len(asked))
    assert counts[1] <= counts[0] <= 40


# --- the cut-over


def test_an_administrator_sees_what_changes_before_a_unit_is_counted_from_the_register(
    cast: Cast, client_of: ClientOf, person: Callable[..., Any]
) -> None:
    from nhiemky.members.models import RegisterBegun

    person("Trần Thị Mơ", sex="female")
    person("Lê Văn Tá")
    client, place = client_of("quan-tri"), reverse("web.members.begin", args=[SUOI_MONG])
    page = page_of(client.get(f"{place}?tu=1/6/2025"))
    assert "Nếu tính theo sổ từ ngày 01/06/2025" in page and ">2</td>" in page and ">1</td>" in page
    assert not RegisterBegun.objects.exists()
    for wrong, said in (("31/2/2025", "chưa đúng"), ("", "Chưa có ngày")):
        answer = client.post(place, {"tu": wrong})
        assert answer.status_code == 422 and said in page_of(answer)
    for _time in range(2):
        assert client.post(place, {"tu": "1/6/2025"}).status_code == 302
    assert list(RegisterBegun.objects.values_list("begins_on", "superseded_at")) == [(date(2025, 6, 1), None)]
    page = page_of(client.get(place))
    assert "đang tính theo sổ từ ngày" in page and "01/06/2025" in page


def test_a_figure_of_the_register_opens_into_its_persons_by_reach(
    cast: Cast, client_of: ClientOf, person: Callable[..., Any]
) -> None:
    from nhiemky.members.actions import begin_register
    from nhiemky.units.queries import units_below_on

    below = units_below_on(cast.unit, cast.today).order_by("pk")[0]
    mo = person("Trần Thị Mơ", below, sex="female")
    begin_register(by=cast.users["quan-tri"], unit=below, begins_on=date(2024, 1, 1))
    query = "?tu=2024&den=2025"
    page = page_of(
        client_of("suoi-mong").get(reverse("web.figures.figure", args=["register_members", SUOI_MONG]) + query)
    )
    assert "1 người" in page and "Trần Thị Mơ" in page and mo.code in page and "Chưa đủ" in page
    joined = reverse("web.figures.figure", args=["new_members_admitted", SUOI_MONG]) + query
    assert "Trần Thị Mơ" in page_of(client_of("suoi-mong").get(joined))
    # who may not read the unit any more is told how many, not who
    from nhiemky.units.models import Placement

    edges = Placement.objects.filter(unit=below)
    edges.update(ends_before=date(2026, 1, 1))
    page = page_of(client_of("suoi-mong").get(joined))
    assert "Trần Thị Mơ" not in page and "•••" in page and mo.code not in page


# --- naming people of the register


def form_of(page: str) -> str:
    return page.split('name="ma" value="')[1].split('"')[0]


def test_people_are_looked_for_chosen_and_named_without_javascript(
    cast: Cast, client_of: ClientOf, person: Callable[..., Any]
) -> None:
    from nhiemky.ledger.models import Entry
    from nhiemky.reports.check import damage

    mo, person_of_another_name = person("Trần Thị Mơ"), person("Lê Văn Tá")
    client, place = client_of("suoi-mong"), reverse("web.records.new", args=[SUOI_MONG])
    page = page_of(client.get(f"{place}?viec=visit"))
    typed = {"ma": form_of(page), "viec": "visit", "ngay": "2025-05-02", "so-luot": "1", "ten": "Người ngoài sổ"}
    before = Entry.objects.count()
    page = page_of(client.post(place, typed | {"tim-nguoi": "mo tran", "tim": "1"}))
    assert f'value="{mo.code}"' in page and person_of_another_name.code not in page and "Người ngoài sổ" in page
    page = page_of(client.post(place, typed | {"tim-nguoi": "mo tran", "da-tim": "mo tran", "chon": mo.code}))
    assert f'name="nguoi" value="{mo.code}"' in page
    assert Entry.objects.count() == before
    # a name that was typed and not looked for is not lost in silence
    answer = client.post(place, typed | {"nguoi": mo.code, "tim-nguoi": "Ta"})
    assert answer.status_code == 422 and "chưa tìm" in page_of(answer)
    for _time in range(2):
        assert client.post(place, typed | {"nguoi": mo.code}).status_code == 302
    entry = Entry.objects.get(pk=Entry.objects.order_by("-pk")[0].pk)
    assert [(each.name, each.person) for each in entry.people.all()] == [("Người ngoài sổ", None), ("", mo)]
    assert entry.counts.get(word="nguoi").value == 2
    assert not list(damage())
    page = page_of(client.get(reverse("web.records.entry", args=[entry.code])))
    assert "Trần Thị Mơ" in page and mo.code in page
    correct = page_of(client.get(reverse("web.records.correct", args=[entry.code])))
    assert f'name="nguoi" value="{mo.code}"' in correct
    opened = reverse("web.figures.figure", args=["persons_visited", SUOI_MONG]) + "?tu=2025&den=2025"
    page = page_of(client.get(opened))
    assert "1 người" in page and "Trần Thị Mơ" in page and "1 lần" in page


def test_somebody_of_another_unit_is_not_named(
    cast: Cast, client_of: ClientOf, person: Callable[..., Any], elsewhere: Any
) -> None:
    stranger = person("Phạm Thị Xa", elsewhere)
    person("Trần Thị Mơ")
    client, place = client_of("suoi-mong"), reverse("web.records.new", args=[SUOI_MONG])
    page = page_of(client.get(f"{place}?viec=visit"))
    typed = {"ma": form_of(page), "viec": "visit", "ngay": "2025-05-02", "so-luot": "1"}
    page = page_of(client.post(place, typed | {"tim-nguoi": "pham", "tim": "1"}))
    assert stranger.code not in page and "Không thấy ai" in page
    answer = client.post(place, typed | {"nguoi": stranger.code})
    assert answer.status_code == 422 and "không còn trong sổ" in page_of(answer)


def test_names_that_are_erased_take_the_person_with_them_and_the_trail_agrees(
    cast: Cast, person: Callable[..., Any]
) -> None:
    from nhiemky.ledger.actions import erase_names, record_entry
    from nhiemky.reports.check import damage
    from nhiemky.rules.indicators import Count
    from nhiemky.rules.quantities import Quantity
    from nhiemky.rules.timeline import Span

    by = cast.users["quan-tri"]
    entry = record_entry(
        by=by, unit=cast.unit, kind="visit", period=Span.parse("2025-05-02"), today=cast.today,
        counts=[Count("nguoi", Quantity(3))], people=["Một người", person("Trần Thị Mơ")],
    )  # fmt: skip
    assert not list(damage())
    assert erase_names(by=by, entry=entry, reason="theo yêu cầu") == 2
    assert [(each.name, each.person) for each in entry.people.all()] == [("", None), ("", None)]
    assert not list(damage())
    # whoever changes the persons behind the programs' back is found
    entry.people.filter(position=1).update(person=person("Lê Văn Tá"))
    assert [fault for fault in damage() if entry.code in fault]

"""Transfers one by one: what moves when, and the sentence of everything that may not be."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from nhiemky.foundation.models import AuditEvent, User
from nhiemky.foundation.refusals import NotAllowed, Refusal
from nhiemky.members.actions import (
    accept_transfer,
    amend_person,
    annul_membership,
    ask_transfer,
    end_standing,
    enter_person,
    fill_post,
    join_unit,
    leave_unit,
    look_for_member,
    merge_persons,
    record_standing,
    refuse_transfer,
    request_transfer,
    set_group,
    unmerge_persons,
    withdraw_transfer,
)
from nhiemky.members.models import Grouping, Membership, Person, Standing, Transfer
from nhiemky.members.particulars import read
from nhiemky.members.queries import memberships_on, posts_left, running_at
from nhiemky.members.queries.transfers import LOOKS_AN_HOUR
from nhiemky.rules.timeline import PartialDate, Span
from nhiemky.units.models import Unit
from tests.factories import a_unit, a_user, clerk, let, put

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]

TODAY = date(2026, 11, 24)
LAST = date(2026, 11, 10)


@pytest.fixture
def world() -> dict[str, Any]:
    district = a_unit("huyen", "district")
    old, new, group = a_unit("cu"), a_unit("moi"), a_unit("cu-to", "group")
    gone = a_unit("het", life=Span(None, date(2026, 11, 1)))
    for unit, parent in ((old, district), (new, district), (group, old)):
        put(unit, parent)
    person = enter_person(by=clerk(), name="Lê Thị Hoa", card="T-77", **read("id_number", "999190000077", TODAY).values)
    join_unit(by=clerk(), unit=old, person=person, valid=Span(date(2020, 1, 1), None), joining="individual")
    set_group(by=clerk(), unit=old, person=person, group=group, since=date(2021, 1, 1))
    users = {name: a_user(name) for name in ("cu", "moi", "xa")}
    for name, unit in (("cu", old), ("moi", new), ("xa", gone)):
        let(users[name], unit)
    return {"old": old, "new": new, "gone": gone, "group": group, "district": district, "person": person, **users}


def ask(world: dict[str, Any], **given: Any) -> Transfer:
    fields = {"by": world["cu"], "unit": world["old"], "person": world["person"], "last_day": LAST, "today": TODAY}
    return ask_transfer(**{**fields, "to_unit": world["new"], **given})


def accept(world: dict[str, Any], transfer: Transfer, first: date = TODAY) -> Membership:
    return accept_transfer(by=world["moi"], transfer=transfer, first_day=first, today=TODAY)


def units_on(person: Person, day: date) -> list[str]:
    return [row.unit.code for row in memberships_on(Unit.objects.values("pk"), day) if row.person_id == person.pk]


def test_the_person_stays_until_received_and_is_never_nowhere(world: dict[str, Any]) -> None:
    transfer = ask(world, number="7/GT")
    assert units_on(world["person"], TODAY) == ["cu"], "after the letter's last day too"
    made = accept(world, transfer)
    for day, unit in ((LAST, "cu"), (TODAY - timedelta(1), "cu"), (TODAY, "moi")):
        assert units_on(world["person"], day) == [unit]
    assert (made.joining, made.decision) == ("moved", "7/GT")
    old = Membership.objects.get(unit=world["old"], superseded_at=None)
    assert (old.leaving, old.leaving_decision, old.joining) == ("moved", "7/GT", "individual")
    group = Grouping.objects.get(superseded_at=None)
    assert group.span.last_day == TODAY - timedelta(1), "the group ends with the membership"
    transfer.refresh_from_db()
    assert (transfer.state, transfer.first_day, transfer.answered_by) == ("accepted", TODAY, world["moi"])


def test_a_refusal_keeps_all_as_it_was(world: dict[str, Any]) -> None:
    transfer = ask(world)
    before = list(Membership.objects.values()), list(Grouping.objects.values())
    refuse_transfer(by=world["moi"], transfer=transfer, answer="Chưa thấy thẻ")
    assert (list(Membership.objects.values()), list(Grouping.objects.values())) == before
    assert ask(world).state == "waiting", "and another may be asked for"


def test_outside_the_letter_ends_it_and_taking_it_back_mends_it(world: dict[str, Any]) -> None:
    transfer = ask(world, to_unit=None, outside="CĐCS ở tỉnh khác")
    assert transfer.state == "sent" and units_on(world["person"], TODAY) == []
    assert units_on(world["person"], LAST) == ["cu"]
    withdraw_transfer(by=world["cu"], transfer=transfer)
    assert units_on(world["person"], TODAY) == ["cu"]
    [row] = Membership.objects.filter(superseded_at=None)
    assert (row.leaving, row.joining, row.ends_before) == ("", "individual", None)


def _twin(world: dict[str, Any], since: date = date(2021, 3, 1)) -> Person:
    """Another record of the same person, who was entered twice at the old unit."""
    twin = enter_person(by=clerk(), name="Lê Thị Hoa")
    join_unit(by=clerk(), unit=world["old"], person=twin, valid=Span(since, None), joining="on_list")
    merge_persons(by=clerk(), unit=world["old"], kept=world["person"], dropped=twin, reason="một người")
    return twin


def _members(day: date, unit: Unit) -> set[int]:
    return {row.person.root_id for row in memberships_on([unit.pk], day).select_related("person")}


def test_a_member_under_two_merged_records_leaves_under_both(world: dict[str, Any]) -> None:
    _twin(world)
    row = running_at(world["person"], world["old"])
    assert row and row.starts_on == date(2021, 3, 1)
    with pytest.raises(Refusal, match="Ngày ra trước ngày vào"):
        leave_unit(by=clerk(), membership=row, last=PartialDate.parse("2020-06-30"), leaving="left")
    first = Membership.objects.get(person=world["person"], superseded_at=None)
    with pytest.raises(Refusal, match="còn một lần vào đơn vị sau ngày ra"):
        leave_unit(by=clerk(), membership=first, last=PartialDate.parse("2020-06-30"), leaving="left")
    leave_unit(by=clerk(), membership=row, last=PartialDate.parse("2026-06-30"), leaving="left", code="ra")
    assert _members(date(2026, 6, 30), world["old"]) and not _members(date(2026, 7, 1), world["old"])


def test_a_member_under_two_merged_records_is_moved_and_brought_back(world: dict[str, Any]) -> None:
    twin = _twin(world)
    sent = ask(world, to_unit=None, outside="CĐCS ở tỉnh khác")
    assert not _members(TODAY, world["old"])
    withdraw_transfer(by=world["cu"], transfer=sent)
    assert _members(TODAY, world["old"]) == {world["person"].pk}
    twin.refresh_from_db()
    accept(world, ask(world, person=twin))
    assert _members(TODAY, world["new"]) == {world["person"].pk} and not _members(TODAY, world["old"])


def test_a_transfer_that_waits_over_a_merge_undone_is_withdrawn_not_accepted(world: dict[str, Any]) -> None:
    other = enter_person(by=clerk(), name="Lê Thị Hoa B")
    merge = merge_persons(by=clerk(), unit=world["old"], kept=other, dropped=world["person"], reason="một người")
    transfer = ask(world, person=other)
    unmerge_persons(by=clerk(), unit=world["old"], merge=merge)
    with pytest.raises(Refusal, match="đã rời đơn vị cũ trong khi chờ"):
        accept(world, transfer)
    assert units_on(world["person"], TODAY) == ["cu"]
    withdraw_transfer(by=world["cu"], transfer=transfer)
    world["person"].refresh_from_db()
    assert accept(world, ask(world)).person == world["person"]


def test_the_receiver_may_begin_and_the_old_unit_agrees(world: dict[str, Any]) -> None:
    found = look_for_member(by=world["moi"], unit=world["new"], name="LÊ THỊ HOA", number=" 999190000077 ")
    assert found == world["person"]
    transfer = request_transfer(by=world["moi"], unit=world["new"], person=found, first_day=TODAY, today=TODAY)
    assert units_on(found, TODAY) == ["cu"]
    with pytest.raises(NotAllowed):
        accept(world, transfer)
    accept_transfer(by=world["cu"], transfer=transfer, first_day=TODAY, today=TODAY)
    assert units_on(found, TODAY) == ["moi"] and units_on(found, TODAY - timedelta(1)) == ["cu"]


@pytest.mark.parametrize(
    ("name", "number"), [("Le Thi Hoa", "T-77"), ("Lê Thị Hoa", "T-7"), ("Hoa", "T-77"), ("Lê Thị Hoa", "0077")]
)
def test_nearly_right_finds_nobody(world: dict[str, Any], name: str, number: str) -> None:
    assert look_for_member(by=world["moi"], unit=world["new"], name=name, number=number) is None


def test_looks_are_counted_and_told_without_names(world: dict[str, Any]) -> None:
    for _each in range(LOOKS_AN_HOUR):
        look_for_member(by=world["moi"], unit=world["new"], name="Lê Thị Hoa", number="T-0")
    with pytest.raises(Refusal, match="quá nhiều lần"):
        look_for_member(by=world["moi"], unit=world["new"], name="Lê Thị Hoa", number="T-77")
    told = [str(event.data) + event.subject for event in AuditEvent.objects.filter(action="members.transfer.look")]
    assert len(told) == LOOKS_AN_HOUR and not any("Hoa" in text or "T-0" in text for text in told)


def test_posts_out_of_scope_are_named_and_those_above_are_not(world: dict[str, Any]) -> None:
    for unit, body, role in (("old", "bch", "chair"), ("group", "to", "group_head"), ("district", "bch", "member")):
        fill_post(
            by=clerk(), unit=world[unit], person=world["person"], body=body, role=role, mandate="elected",
            valid=Span(date(2023, 5, 1), None),
        )  # fmt: skip
    left = [post.body for post in posts_left(world["person"], world["new"], TODAY)]
    assert len(left) == 2, "the district stands over both"
    assert len(posts_left(world["person"], None, TODAY)) == 3


Refused = Callable[[dict[str, Any]], Any]


def _after(
    change: Callable[[dict[str, Any], Transfer], Any], then: Callable[[dict[str, Any], Transfer], Any]
) -> Refused:
    def run(world: dict[str, Any]) -> Any:
        transfer = ask(world)
        change(world, transfer)
        return then(world, transfer)

    return run


def _leave(world: dict[str, Any], transfer: Transfer) -> None:
    row = Membership.objects.get(unit=world["old"], superseded_at=None)
    leave_unit(by=clerk(), membership=row, last=PartialDate.parse("2026-11-15"), leaving="retired")


def _end_receiver(world: dict[str, Any], transfer: Transfer) -> None:
    Unit.objects.filter(pk=world["new"].pk).update(ends_before=date(2026, 11, 20))


def _withdraw(world: dict[str, Any], transfer: Transfer) -> None:
    withdraw_transfer(by=world["cu"], transfer=transfer)


def _no_more(world: dict[str, Any], transfer: Transfer) -> Any:
    return refuse_transfer(by=world["moi"], transfer=transfer, answer="muộn")


REFUSALS: list[tuple[str, Refused, str]] = [
    ("accepted twice", _after(accept, accept), "đã xong"),
    ("accepted after it was withdrawn", _after(_withdraw, accept), "đã rút"),
    ("refused after it was accepted", _after(accept, _no_more), "đã tiếp nhận"),
    ("withdrawn after it was accepted", _after(accept, _withdraw), "đã tiếp nhận"),
    ("the person left meanwhile", _after(_leave, accept), "đã rời đơn vị cũ"),
    ("the receiving unit ended meanwhile", _after(_end_receiver, accept), "không hoạt động"),
    ("a first day before the letter's last", lambda w: accept(w, ask(w), LAST), "sau ngày cuối"),
    ("a first day to come", lambda w: accept(w, ask(w), TODAY + timedelta(1)), "chưa đến"),
    ("no reason", lambda w: refuse_transfer(by=w["moi"], transfer=ask(w), answer=" "), "Chưa có lý do"),
    ("two at a time", lambda w: (ask(w), ask(w)), "đang chờ một lần chuyển"),
    ("nowhere", lambda w: ask(w, to_unit=None), "Chưa rõ chuyển đi đâu"),
    ("both", lambda w: ask(w, outside="Lào"), "Chưa rõ chuyển đi đâu"),
    ("to where one is", lambda w: ask(w, to_unit=w["old"]), "chính đơn vị"),
    ("to a group", lambda w: ask(w, to_unit=w["group"]), "công đoàn cơ sở"),
    ("to a district", lambda w: ask(w, to_unit=w["district"]), "công đoàn cơ sở"),
    ("to a unit that has ended", lambda w: ask(w, to_unit=w["gone"]), "không hoạt động"),
    ("a last day before joining", lambda w: ask(w, last_day=date(2019, 1, 1)), "trước ngày vào"),
    ("a last day in years", lambda w: ask(w, last_day=date(2028, 1, 1)), "hơn một năm"),
    ("a reason without end", lambda w: ask(w, reason="x" * 301), "dài quá 300"),
    ("somebody who left", lambda w: (_leave(w, None), ask(w)), "không còn là đoàn viên"),  # type: ignore[arg-type]
    ("a look without a number", lambda w: look_for_member(by=w["moi"], unit=w["new"], name="Hoa", number=""), "ghi đủ"),
    (
        "asked for where one is",
        lambda w: request_transfer(by=w["cu"], unit=w["old"], person=w["person"], first_day=TODAY, today=TODAY),
        "đang là đoàn viên của đơn vị",
    ),
]


@pytest.mark.parametrize(("name", "run", "says"), REFUSALS, ids=[row[0] for row in REFUSALS])
def test_what_may_not_be_is_refused_in_a_sentence(world: dict[str, Any], name: str, run: Refused, says: str) -> None:
    with pytest.raises(Refusal, match=says) as caught:
        run(world)
    assert not isinstance(caught.value, NotAllowed)
    assert all("hãy" in sentence.lower() for sentence in caught.value.sentences)


@pytest.mark.parametrize("who", ["cu", "xa"])
def test_only_the_one_whose_answer_it_waits_for_answers(world: dict[str, Any], who: str) -> None:
    transfer = ask(world)
    by: User = world[who]
    for act in (
        lambda: accept_transfer(by=by, transfer=transfer, first_day=TODAY, today=TODAY),
        lambda: refuse_transfer(by=by, transfer=transfer, answer="không"),
    ):
        with pytest.raises(NotAllowed):
            act()
    with pytest.raises(NotAllowed):
        withdraw_transfer(by=world["moi"], transfer=transfer)


def test_a_last_day_to_come_is_allowed(world: dict[str, Any]) -> None:
    assert ask(world, last_day=TODAY + timedelta(30)).state == "waiting"


def test_what_another_did_since_the_page_was_opened_is_seen(world: dict[str, Any]) -> None:
    """Two pages open on the same rows: the second is refused in words, and nothing is written twice."""
    person, old, new = world["person"], world["old"], world["new"]
    rows = [Membership.objects.get(superseded_at=None) for _page in range(3)]
    leave_unit(by=clerk(), membership=rows[0], last=PartialDate.parse("2026-06-30"), leaving="left")
    with pytest.raises(Refusal, match="đã có ngày ra"):
        leave_unit(by=clerk(), membership=rows[1], last=PartialDate.parse("2026-07-31"), leaving="left")
    with pytest.raises(Refusal, match="đã được sửa hoặc bỏ"):
        annul_membership(by=clerk(), membership=rows[2], reason="ghi nhầm")
    standing = record_standing(by=clerk(), unit=old, person=person, kind="party", valid=Span(date(2020, 1, 1), None))
    pages = [Standing.objects.get(pk=standing.pk) for _page in range(2)]
    for page, sentence in zip(pages, ("", "đã được sửa trước đó"), strict=True):
        if sentence:
            with pytest.raises(Refusal, match=sentence):
                end_standing(by=clerk(), standing=page, last=PartialDate.parse("2026-06-30"))
        else:
            end_standing(by=clerk(), standing=page, last=PartialDate.parse("2026-05-31"))
    assert Standing.objects.filter(superseded_at=None).count() == 1
    # merged with a member of another unit while the form was open
    twin = enter_person(by=clerk(), name="Lê Thị Hoa")
    read_before = Person.objects.get(pk=twin.pk)
    join_unit(by=clerk(), unit=new, person=person, valid=Span(date(2026, 8, 1), None))
    merge_persons(by=clerk(), unit=new, kept=person, dropped=twin, reason="một người")
    with pytest.raises(Refusal, match="một đơn vị khác trong thời gian đó"):
        join_unit(by=clerk(), unit=old, person=read_before, valid=Span(date(2026, 9, 1), None))


def test_a_record_that_was_merged_meanwhile_is_not_amended() -> None:
    """The page was open in another tab while both records were found to be one person."""
    unit = a_unit("gop-sua")
    kept, dropped = (enter_person(by=clerk(), unit=unit, name="Lò Văn An") for _ in range(2))
    join_unit(by=clerk(), unit=unit, person=kept, valid=Span(date(2020, 1, 1), None))
    page = Person.objects.get(pk=dropped.pk)
    merge_persons(by=clerk(), unit=unit, kept=kept, dropped=dropped, reason="Trùng hồ sơ")
    with pytest.raises(Refusal, match="gộp vào một hồ sơ khác"):
        amend_person(by=clerk(), unit=unit, person=page, values={"job": "Giáo viên"})
    assert Person.objects.get(pk=dropped.pk).job == ""

"""Taking up a post, ending it, mending it; who held what on any day; what is found of a union's bodies."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from nhiemky.foundation.models import AuditEvent
from nhiemky.foundation.refusals import NotAllowed, Refusal
from nhiemky.foundation.roles import Role
from nhiemky.foundation.rulesets import rulesets
from nhiemky.members.actions import (
    annul_post,
    begin_register,
    choose_rules,
    correct_post,
    end_post,
    enter_person,
    fill_post,
    fill_post_with_new,
    fix_body_size,
    join_unit,
    record_standing,
)
from nhiemky.members.models import BodySize, Person, PersonMerge, Post
from nhiemky.members.queries import (
    findings_of,
    history_of,
    members_counted,
    posts_held_by,
    posts_in,
    posts_of,
    posts_on,
    rules_of,
    situation_of,
)
from nhiemky.members.queries.posts import posts_known
from nhiemky.rules.mandates import Problem
from nhiemky.rules.timeline import PartialDate, Span
from nhiemky.units.actions import open_term
from nhiemky.units.models import Term, Unit
from tests.factories import a_unit, a_user, clerk, let, put

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]

LIFE = Span.parse("2015..")
DAY = date(2024, 6, 1)


@pytest.fixture
def union(db: None) -> Unit:
    upper, union, other = (
        a_unit("p-tren", "district", life=LIFE),
        a_unit("p-cs", life=LIFE),
        a_unit("p-khac", life=LIFE),
    )
    put(union, upper, LIFE)
    put(other, upper, LIFE)
    return union


@pytest.fixture
def term(union: Unit) -> Term:
    return open_term(
        by=clerk(),
        unit=union,
        label="2023–2028",
        period=Span.parse("2023-05-19.."),
        planned=Span.parse("2023-05-19..2028-05-18"),
    )


def member(unit: Unit | None, name: str = "Nguyễn Thị Thử", since: str = "2020-01-01..", **fields: Any) -> Person:
    person = enter_person(by=clerk(), name=name, unit=unit, **fields)
    if unit:
        join_unit(by=clerk(), unit=unit, person=person, valid=Span.parse(since))
    return person


def post(unit: Unit, person: Person, **changed: Any) -> Post:
    given = {"body": "bch", "role": "member", "mandate": "elected", "valid": Span.parse("2023-05-19..")}
    return fill_post(by=clerk(), unit=unit, person=person, **(given | changed))


def last(text: str) -> PartialDate:
    return PartialDate.parse(text)


# ---- writing


def test_who_held_what_on_any_day(union: Unit) -> None:
    one, two = member(union, "Trần Văn Một"), member(union, "Lê Văn Hai")
    first = post(union, one, role="chair")
    ended = end_post(
        by=clerk(), post=first, last=last("2024-03-31"), ending="moved", ending_decision=" Quyết định  12/QĐ "
    )
    post(union, two, role="chair", mandate="by_elected", valid=Span.parse("2024-04-01.."))
    held = {
        day: [card.person for card in posts_on(union, day)]
        for day in (date(2023, 5, 18), date(2024, 3, 31), date(2024, 4, 1))
    }
    assert held == {
        date(2023, 5, 18): [],
        date(2024, 3, 31): ["Trần Văn Một"],
        date(2024, 4, 1): ["Lê Văn Hai"],
    }
    first.refresh_from_db()
    assert first.superseded_at and first.span.ends_before is None, "what was known before stays"
    assert (ended.replaces_id, ended.ending_decision) == (first.pk, "Quyết định 12/QĐ")
    told = [(card.person, card.ending) for card in history_of(union, "bch")]
    assert told == [("Lê Văn Hai", ""), ("Trần Văn Một", "chuyển công tác khỏi đơn vị")]
    assert [card.span.isoformat() for card in posts_held_by(one)] == ["2023-05-19..2024-03-31"]


def test_reports_show_ended_posts_of_the_term_and_no_corrected_ones(union: Unit, term: Term) -> None:
    made = post(union, member(union), role="chair", term=term)
    mended = correct_post(
        by=clerk(), post=made, valid=Span.parse("2023-05-20.."), body="bch", role="vice_chair", mandate="elected"
    )
    end_post(by=clerk(), post=mended, last=last("2023-12-31"), ending="resigned")
    [card] = posts_of(term)
    assert (card.role, card.span.isoformat()) == ("Phó Chủ tịch", "2023-05-20..2023-12-31")
    assert posts_in(union, Span.on(DAY)) == [] and len(posts_in(union, Span.parse("2023"))) == 1


def test_a_post_taken_back_was_never_held(union: Unit) -> None:
    made = post(union, member(union))
    with pytest.raises(Refusal, match="Chưa có lý do"):
        annul_post(by=clerk(), post=made, reason=" ")
    annul_post(by=clerk(), post=made, reason="ghi nhầm người")
    assert posts_on(union, DAY) == [] == history_of(union, "bch")
    with pytest.raises(Refusal, match="đã được sửa hoặc bỏ"):
        annul_post(by=clerk(), post=made, reason="lần nữa")


def test_one_person_sits_once_in_a_body_on_a_day(union: Unit) -> None:
    person = member(union)
    made = post(union, person)
    with pytest.raises(Refusal, match="đã là Ủy viên của Ban Chấp hành"):
        post(union, person, role="chair", valid=Span.parse("2024-01-01.."))
    post(union, person, body="ubkt", role="inspection_head")
    end_post(by=clerk(), post=made, last=last("2023-12-31"), ending="reassigned")
    post(union, person, role="chair", valid=Span.parse("2024-01-01.."))
    assert [card.role for card in posts_on(union, DAY)] == ["Chủ tịch", "Chủ nhiệm Ủy ban Kiểm tra"]


def test_two_records_of_one_person_are_one_person(union: Unit) -> None:
    kept, dropped = member(union, "Trần Văn Một"), member(None, "Trần Văn Mốt")
    PersonMerge.objects.create(kept=kept, dropped=dropped, reason="một người", at="2024-01-01T00:00Z", by=clerk())
    Person.objects.filter(pk=dropped.pk).update(same_as=kept)
    dropped.refresh_from_db()
    post(union, dropped)
    with pytest.raises(Refusal, match="đã là Ủy viên"):
        post(union, kept)
    [card] = posts_on(union, DAY)
    assert (card.person, card.person_id) == ("Trần Văn Một", kept.pk)


def test_a_member_of_another_union_is_refused_unless_sent_or_staff(union: Unit) -> None:
    other = member(Unit.objects.get(code="p-khac"))
    with pytest.raises(Refusal, match="đoàn viên của đơn vị khác"):
        post(union, other)
    post(union, other, body="ban_tham_muu", role="treasurer", mandate="assigned")
    record_standing(
        by=clerk(), unit=Unit.objects.get(code="p-khac"), person=other, kind="full_time", valid=Span.parse("2020..")
    )
    post(union, other)


def test_members_below_and_those_of_whom_nothing_is_known_may_sit(union: Unit) -> None:
    upper, group = Unit.objects.get(code="p-tren"), a_unit("p-to", "group", life=LIFE)
    put(group, union, LIFE)
    mine = member(union)
    post(upper, mine)
    post(upper, member(None, "Người Chưa Có"))
    post(group, mine, body="to", role="group_head", mandate="assigned")


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"body": "x"}, "không có mã “x”"),
        ({"role": "x"}, "không có mã “x”"),
        ({"mandate": "x"}, "không có mã “x”"),
        ({"role": "group_head"}, "Ban Chấp hành không có chức danh Tổ trưởng"),
        ({"valid": Span.parse("2010..")}, "không hoạt động suốt"),
    ],
)
def test_what_no_post_can_be_is_refused_and_nothing_written(union: Unit, changed: dict, sentence: str) -> None:
    person, before = member(union), AuditEvent.objects.count()
    with pytest.raises(Refusal, match=sentence):
        post(union, person, **changed)
    assert not Post.objects.filter(unit=union).exists() and AuditEvent.objects.count() == before


def test_ending_wrongly_is_refused(union: Unit, term: Term) -> None:
    made = post(union, member(union))
    with pytest.raises(Refusal, match="trước ngày nhận"):
        end_post(by=clerk(), post=made, last=last("2023-01-01"), ending="moved")
    with pytest.raises(Refusal, match="Chưa chọn lý do"):
        end_post(by=clerk(), post=made, last=last("2024-01-01"), ending="")
    ended = end_post(by=clerk(), post=made, last=last("2024-01-01"), ending="moved")
    for again in (made, ended):
        with pytest.raises(Refusal, match="đã có ngày thôi"):
            end_post(by=clerk(), post=again, last=last("2024-02-01"), ending="moved")
    with pytest.raises(Refusal, match="đã được sửa"):
        correct_post(by=clerk(), post=made, valid=Span.parse("2023.."), body="bch", role="member", mandate="elected")


def test_somebody_new_is_entered_with_the_post_or_not_at_all(union: Unit) -> None:
    given = {"body": "bch", "role": "member", "mandate": "elected", "valid": Span.parse("2023-05-19..")}
    made = fill_post_with_new(by=clerk(), unit=union, name="Đỗ Mới", **given)
    assert (made.person.name, made.person.fictional) == ("Đỗ Mới", union.fictional)
    with pytest.raises(Refusal):
        fill_post_with_new(by=clerk(), unit=union, name="Đỗ Khác", **(given | {"role": "x"}))
    assert not Person.objects.filter(name="Đỗ Khác").exists()


def test_who_may_write_posts(union: Unit, term: Term) -> None:
    officer, auditor, neighbour = a_user("p-can-bo"), a_user("p-kiem-tra"), a_user("p-ban")
    let(officer, union)
    let(auditor, union, Role.AUDITOR)
    let(neighbour, Unit.objects.get(code="p-khac"))
    given = {"body": "bch", "role": "member", "mandate": "elected", "valid": Span.parse("2023-05-19..")}
    made = fill_post(by=officer, unit=union, person=member(union), **given)
    for other in (auditor, neighbour):
        for write in (
            lambda by: fill_post(by=by, unit=union, person=member(union), **given),
            lambda by: fill_post_with_new(by=by, unit=union, name="A B", **given),
            lambda by: end_post(by=by, post=made, last=last("2024"), ending="moved"),
            lambda by: correct_post(by=by, post=made, **given),
            lambda by: annul_post(by=by, post=made, reason="x"),
            lambda by: fix_body_size(by=by, unit=union, term=term, body="bch", size=5),
            lambda by: choose_rules(by=by, unit=union, term=term, ruleset="CDVN-XII"),
        ):
            with pytest.raises(NotAllowed):
                write(other)
    end_post(by=officer, post=made, last=last("2024"), ending="moved")


# ---- sizes, rule sets, findings


def test_a_size_written_again_takes_the_place_of_the_first(union: Unit, term: Term) -> None:
    fix_body_size(by=clerk(), unit=union, term=term, body="bch", size=9)
    fix_body_size(by=clerk(), unit=union, term=term, body="bch", size=11)
    for wrong in (0, 1000):
        with pytest.raises(Refusal, match="từ 1 đến 999"):
            fix_body_size(by=clerk(), unit=union, term=term, body="bch", size=wrong)
    assert BodySize.objects.filter(unit=union).count() == 2
    assert _situation(union).fixed == {"bch": 11}


def test_the_edition_of_the_day_unless_the_term_has_its_own(union: Unit, term: Term) -> None:
    assert [rules_of(union, day)[0].code for day in (date(2024, 6, 1), date(2026, 1, 1))] == [
        "CDVN-XII",
        "CDVN-XIII-2025",
    ]
    choose_rules(by=clerk(), unit=union, term=term, ruleset="CDVN-XII")
    assert rules_of(union, date(2026, 1, 1)) == (rulesets()["CDVN-XII"], True)
    choose_rules(by=clerk(), unit=union, term=term, ruleset="")
    assert rules_of(union, date(2026, 1, 1)) == (rulesets()["CDVN-XIII-2025"], False)
    assert rules_of(union, date(2016, 1, 1))[0].code == "CDVN-XI"
    with pytest.raises(Refusal, match="Không có bộ"):
        choose_rules(by=clerk(), unit=union, term=term, ruleset="CDVN-XX")


def _situation(union: Unit, day: date = DAY) -> Any:
    counted = members_counted(union, day)
    return situation_of(union, day, counted.members, counted, posts_known().filter(unit=union))


def _problems(union: Unit, day: date = DAY) -> set[Problem]:
    return {each.problem for each in findings_of(_situation(union, day), rules_of(union, day)[0])}


def test_findings_come_from_the_register(union: Unit, term: Term) -> None:
    people = [member(union, f"Trần Thị Số {n}", sex="female") for n in range(12)]
    group = a_unit("p-to", "group", life=LIFE)
    put(group, union, LIFE)
    fix_body_size(by=clerk(), unit=union, term=term, body="bch", size=3)
    for at, person in enumerate(people[:4]):
        post(union, person, role="member" if at else "chair")
    for person in people[2:4]:
        post(union, person, body="ubkt")
    post(union, people[4], body="ubkt")
    post(union, people[4], body="ban_tham_muu", role="treasurer", mandate="assigned")
    begin_register(by=clerk(), unit=union, begins_on=date(2020, 1, 1))
    found = _problems(union)
    assert found == {
        Problem.ABOVE_FIXED, Problem.INSPECTION_SHARE, Problem.INSPECTION_FINANCE, Problem.WOMEN_MISSING,
        Problem.GROUP_HEADLESS,
    }  # fmt: skip
    post(group, people[5], body="to", role="group_head", mandate="assigned")
    assert Problem.GROUP_HEADLESS not in _problems(union)


def test_foreigners_and_the_disciplined_are_found(union: Unit, term: Term) -> None:
    post(union, member(union, "Người Nước Ngoài", foreigner=True))
    warned = member(union, "Người Bị Cảnh Cáo")
    post(union, warned)
    record_standing(by=clerk(), unit=union, person=warned, kind="warning", valid=Span.parse("2025-12-01.."))
    today = date(2026, 1, 1)
    assert {Problem.FOREIGNER, Problem.WEIGH} <= _problems(union, today)
    assert Problem.FOREIGNER not in _problems(union), "the law that bars them is of 2025"
    assert Problem.WEIGH not in _problems(union, date(2026, 12, 2)), "a warning lapses after a year"


def test_members_are_counted_once_and_below_too(union: Unit) -> None:
    member(union, sex="female")
    member(Unit.objects.get(code="p-khac"), "Phạm Văn Hai", sex="male")
    member(union, "Phạm Văn Ba")
    counted = members_counted(Unit.objects.get(code="p-tren"), DAY)
    assert (counted.members, counted.women, counted.unknown) == (3, 1, 1)
    assert members_counted(union, date(2019, 1, 1)).members == 0

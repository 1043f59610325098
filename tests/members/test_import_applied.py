"""What an import writes: the same as the actions of a single person, all of it or nothing, duplicates as decided."""

from __future__ import annotations

import io
from datetime import date
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest

from nhiemky.foundation import clock
from nhiemky.foundation.models import AuditEvent
from nhiemky.foundation.refusals import NotAllowed, Refusal
from nhiemky.members import name_index
from nhiemky.members.actions import apply_import, join_unit, merge_persons, set_group
from nhiemky.members.actions.persons import enter_person
from nhiemky.members.importing.drafts import Draft
from nhiemky.members.importing.spool import Decision, Looked, Spool, open_spool
from nhiemky.members.importing.tasks import write
from nhiemky.members.models import Grouping, Membership, Person, PersonChange, SheetImport, Standing
from nhiemky.members.particulars import read
from nhiemky.members.queries.persons import memberships_known
from nhiemky.rules.timeline import Span
from tests.members.sheets import looked_over, states, xlsx

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]

TODAY = date(2026, 6, 30)
HEAD = ["Họ và tên", "Ngày sinh", "CCCD", "Điện thoại", "Ngày về đơn vị", "Tổ CĐ", "Đảng viên", "Ngày nghỉ", "Lý do"]
HOA = ["Nguyễn Thị Hoa", "5/6/1988", "001188000123", "0912345678", "1/9/2015", "Tổ Toán Tin", "19/5/2016"]


def nothing(_done: int) -> None:
    """Nobody follows the work."""


def taken_in(data: bytes, union: SimpleNamespace, **decided: Decision) -> Draft:
    """Looked over, decided for all rows that wait, and written."""
    draft, _rows = looked_over(data, union.school, union.officer, TODAY)
    if "all" in decided:
        with open_spool(draft.rows_path) as spool:
            spool.decide(decided["all"])
    write(draft, union.school, union.officer, nothing)
    return draft


def in_register(union: SimpleNamespace, unit: Any = None, **values: str) -> Person:
    """A person entered by the actions, a member since 2015."""
    columns: dict[str, Any] = {}
    for code, text in {"name": "Nguyễn Thị Hoa", "born": "5/6/1988", **values}.items():
        columns |= read(code, text, TODAY).values
    person = enter_person(by=union.by, unit=unit or union.school, **columns)
    join_unit(
        by=union.by, unit=unit or union.school, person=person, valid=Span(date(2015, 9, 1), None), joining="on_list"
    )
    return person


def test_newcomers_are_found_by_their_names_and_whoever_comes_after_an_import_as_well(union: SimpleNamespace) -> None:
    in_register(union, name="Trần Văn Trước")
    taken_in(xlsx([HEAD, ["Lê Thị Khuyên", "6/6/1988"], ["Vũ Thị Khuyên", "7/6/1988"]]), union)
    in_register(union, name="Phạm Thị Khuyên")
    assert len(name_index.persons_named([("khuyen", True)], 9)) == 3
    assert len(name_index.persons_named([("truoc", True)], 9)) == 1
    assert list(name_index.faults()) == []


def test_a_row_is_written_as_the_actions_write_it(union: SimpleNamespace) -> None:
    taken_in(xlsx([HEAD, HOA]), union)
    person = Person.objects.get(folded="nguyen thi hoa")
    by_hand = in_register(union, name="Nguyễn Thị Hoà", id_number="001188000124", phone="0912345678")
    by_hand.name, by_hand.folded, by_hand.sort_key = person.name, person.folded, person.sort_key
    for each in Person._meta.concrete_fields:
        if each.name not in ("id", "code", "id_number", "id_digest", "id_last_digest"):
            assert getattr(person, each.name) == getattr(by_hand, each.name), each.name
    assert (person.id_number, person.id_digest) == (
        "001188000123",
        read("id_number", "001188000123", TODAY).values["id_digest"],
    )
    [membership] = memberships_known(person)
    assert (membership.span.isoformat(), membership.joining, membership.unit) == (
        "2015-09-01..",
        "on_list",
        union.school,
    )
    assert membership.recorded_by == union.officer and membership.source is not None
    assert Grouping.objects.get(person=person).span.isoformat() == "2015-09-01.."
    assert Standing.objects.get(person=person).span.isoformat() == "2016-05-19.."
    # and goes on as any other
    set_group(by=union.officer, unit=union.school, person=person, group=union.office, since=date(2020, 1, 1))


def test_somebody_who_left_is_written_with_the_end(union: SimpleNamespace) -> None:
    taken_in(xlsx([HEAD, [*HOA, "31/12/2023", "nghỉ hưu"]]), union)
    person = Person.objects.get(folded="nguyen thi hoa")
    [membership] = memberships_known(person)
    assert (membership.span.isoformat(), membership.leaving) == ("2015-09-01..2023-12-31", "retired")
    assert Grouping.objects.get(person=person).span.isoformat() == "2015-09-01..2023-12-31"


def test_somebody_known_who_left_is_in_no_group_any_more(union: SimpleNamespace) -> None:
    person = in_register(union, id_number="001188000123")
    set_group(by=union.by, unit=union.school, person=person, group=union.office, since=date(2016, 1, 1))
    taken_in(xlsx([HEAD, [*HOA, "31/12/2023", "nghỉ hưu"]]), union)
    [membership] = memberships_known(person)
    assert (membership.span.isoformat(), membership.leaving) == ("2015-09-01..2023-12-31", "retired")
    [group] = Grouping.objects.filter(person=person, superseded_at=None)
    assert group.span.isoformat() == "2016-01-01..2023-12-31" and group.group == union.office


def test_a_member_under_two_merged_records_leaves_under_both(union: SimpleNamespace) -> None:
    person = in_register(union, id_number="001188000123")
    twin = in_register(union, name="Nguyễn Thị Hoa B")
    merge_persons(by=union.by, unit=union.school, kept=person, dropped=twin, reason="một người")
    taken_in(xlsx([HEAD, [*HOA, "31/12/2023", "nghỉ hưu"]]), union)
    assert {row.span.isoformat() for row in memberships_known(person)} == {"2015-09-01..2023-12-31"}


def test_the_same_list_again_changes_nothing(union: SimpleNamespace) -> None:
    data = xlsx([HEAD, HOA])
    taken_in(data, union)
    draft, [looked] = looked_over(data, union.school, union.officer, TODAY)
    assert {state for state, _told in states(draft, looked).values()} == {"SAME"}
    assert looked.state.name == "SAME"
    before = AuditEvent.objects.count()
    with pytest.raises(Refusal, match="Không có dòng nào để ghi"):
        write(draft, union.school, union.officer, nothing)
    assert AuditEvent.objects.count() == before


def test_a_known_number_amends_and_a_blank_cell_leaves_as_it_is(union: SimpleNamespace) -> None:
    person = in_register(union, id_number="001188000123", phone="0911111111", email="hoa@cd.vn")
    row = ["Nguyễn Thị Hoa", "", "001188000123", "0922222222", "", "Tổ Toán Tin", "", "30/4/2026", "nghỉ hưu"]
    draft, [looked] = looked_over(xlsx([HEAD, row]), union.school, union.officer, TODAY)
    found = {code: state for code, (state, _told) in states(draft, looked).items()}
    assert found == {"name": "SAME", "id_number": "SAME", "phone": "CHANGED", "group": "NEW", "left": "CHANGED",
                     "leaving": "CHANGED"}  # fmt: skip
    assert (looked.decision, looked.is_open) == (Decision.SAME, False)
    write(draft, union.school, union.officer, nothing)
    person.refresh_from_db()
    assert (person.phone, person.email, person.born_on) == ("0922222222", "hoa@cd.vn", date(1988, 6, 5))
    [change] = PersonChange.objects.filter(person=person)
    assert (change.fields, change.by) == (["phone"], union.officer) and "0911111111" in change.before
    [membership] = memberships_known(person)
    assert (membership.span.isoformat(), membership.leaving) == ("2015-09-01..2026-04-30", "retired")
    assert membership.replaces is not None and membership.replaces.superseded_at is not None


def test_the_same_name_and_day_waits_for_a_decision(union: SimpleNamespace) -> None:
    person = in_register(union)
    rows = xlsx([HEAD, ["NGUYỄN  THỊ HOA", "05-06-1988", "", "0922222222"]])
    draft, [looked] = looked_over(rows, union.school, union.officer, TODAY)
    assert (looked.person, looked.is_open, looked.decision) == (person.pk, True, "")
    assert looked.offers == [Decision.SAME, Decision.NEW, Decision.OUT]
    assert looked.told == ["Trùng họ tên và ngày sinh với một người trong sổ."]
    with pytest.raises(Refusal, match="Còn 1 dòng trùng chưa quyết định"):
        write(draft, union.school, union.officer, nothing)
    assert not SheetImport.objects.exists()


@pytest.mark.parametrize(("decision", "persons", "phone"), [(Decision.SAME, 1, "0922222222"), (Decision.NEW, 2, "")])
def test_what_was_decided_is_done(union: SimpleNamespace, decision: Decision, persons: int, phone: str) -> None:
    person = in_register(union)
    taken_in(xlsx([HEAD, ["Nguyễn Thị Hoa", "5/6/1988", "", "0922222222", "1/1/2020"]]), union, all=decision)
    person.refresh_from_db()
    assert person.phone == phone
    assert Membership.objects.filter(unit=union.school, superseded_at=None).count() == persons


def test_two_whole_numbers_that_differ_are_two_persons(union: SimpleNamespace) -> None:
    in_register(union, id_number="001188000999")
    _draft, [looked] = looked_over(xlsx([HEAD, HOA]), union.school, union.officer, TODAY)
    assert (looked.person, looked.is_open, looked.state.name) == (0, False, "NEW")


def test_another_name_for_a_known_number_is_asked(union: SimpleNamespace) -> None:
    in_register(union, name="Trần Thị Mai", id_number="001188000123")
    _draft, [looked] = looked_over(xlsx([HEAD, HOA]), union.school, union.officer, TODAY)
    assert looked.told == ["Số CCCD/CMND này trong sổ là của Trần Thị Mai."]
    assert looked.offers == [Decision.SAME, Decision.OUT]


def test_duplicates_within_the_list(union: SimpleNamespace) -> None:
    rows = [
        HEAD,
        HOA,
        ["Nguyễn Thị Hoa", "5/6/1988", "001188000123"],
        ["NGUYỄN THỊ HOA", "5/6/88"],
        [*HOA[:2], "001188000777"],
    ]
    draft, looked = looked_over(xlsx(rows), union.school, union.officer, TODAY)
    assert [row.told for row in looked] == [
        [], ["Trùng số CCCD/CMND với dòng 2 của tệp."], ["Trùng họ tên và ngày sinh với dòng 2 của tệp."], [],
    ]  # fmt: skip
    assert looked[1].offers == [Decision.OUT] and looked[2].offers == [Decision.OUT, Decision.NEW]
    with open_spool(draft.rows_path) as spool:
        assert spool.decide(Decision.NEW) == 1 and spool.decide(Decision.OUT) == 1
    write(draft, union.school, union.officer, nothing)
    assert draft.counts == {"new": 3, "out": 1}


@pytest.mark.parametrize(("who", "name"), [("officer", "một đơn vị khác"), ("above", "CĐCS Trạm Y tế Thử nghiệm")])
def test_a_member_of_another_unit_needs_a_transfer(union: SimpleNamespace, who: str, name: str) -> None:
    """What is not for the reader to see is not told: neither the unit nor whether a cell is the same."""
    in_register(union, union.clinic, id_number="001188000123", phone="0912345678")
    draft, [looked] = looked_over(xlsx([HEAD, HOA]), union.school, getattr(union, who), TODAY)
    assert looked.blocked and looked.state.name == "ERROR"
    assert looked.told[0].startswith(f"Đang là đoàn viên của {name} trong thời gian đó. Hãy làm chuyển sinh hoạt")
    assert states(draft, looked)["phone"] == ("NEW", "")


def test_a_namesake_of_another_unit_may_be_new(union: SimpleNamespace) -> None:
    in_register(union, union.clinic)
    draft, [looked] = looked_over(xlsx([HEAD, HOA]), union.school, union.officer, TODAY)
    assert looked.offers == [Decision.NEW, Decision.OUT]
    with open_spool(draft.rows_path) as spool:
        spool.decide(Decision.NEW)
    write(draft, union.school, union.officer, nothing)
    assert Person.objects.filter(folded="nguyen thi hoa").count() == 2


def test_somebody_who_left_another_unit_joins_this_one(union: SimpleNamespace) -> None:
    person = enter_person(by=union.by, unit=union.clinic, **read("name", "Nguyễn Thị Hoa", TODAY).values,
                          **read("id_number", "001188000123", TODAY).values)  # fmt: skip
    join_unit(
        by=union.by, unit=union.clinic, person=person, valid=Span(date(2012, 1, 1), date(2015, 1, 1)), leaving="moved"
    )
    taken_in(xlsx([HEAD, HOA]), union)
    person.refresh_from_db()
    assert [row.unit for row in memberships_known(person)] == [union.clinic, union.school]
    assert (person.phone, person.born_on) == ("0912345678", date(1988, 6, 5))


def test_faulty_cells_are_left_out_only_when_asked(union: SimpleNamespace) -> None:
    rows = xlsx([HEAD, ["Nguyễn Thị Hoa", "31/2/1988", "", "0912345678"], ["Trần Văn Nam", "1/1/1985"]])
    draft, _looked = looked_over(rows, union.school, union.officer, TODAY)
    with open_spool(draft.rows_path) as spool:
        assert spool.forecast(False)["new"] == 1 and spool.forecast(True)["new"] == 2
    draft.without_faulty_cells = True
    write(draft, union.school, union.officer, nothing)
    assert Person.objects.get(folded="nguyen thi hoa").born_on is None


def test_nothing_is_written_when_the_register_changed_since(union: SimpleNamespace) -> None:
    person = in_register(union, id_number="001188000123")
    rows = xlsx([HEAD, ["Trần Văn Nam", "1/1/1985"], HOA])
    draft, _looked = looked_over(rows, union.school, union.officer, TODAY)
    Person.objects.filter(pk=person.pk).update(job="Giáo viên")
    counts = [model.objects.count() for model in (Person, Membership, AuditEvent, SheetImport)]
    with pytest.raises(Refusal, match=r"Sổ đoàn viên đã thay đổi từ khi xem trước \(dòng 3\). Chưa ghi gì"):
        write(draft, union.school, union.officer, nothing)
    assert [model.objects.count() for model in (Person, Membership, AuditEvent, SheetImport)] == counts
    assert not list(draft.folder.glob("report*"))


def test_nothing_is_written_when_somebody_of_the_list_was_entered_since(union: SimpleNamespace) -> None:
    draft, _looked = looked_over(xlsx([HEAD, ["Trần Văn Nam", "1/1/1985"], HOA]), union.school, union.officer, TODAY)
    enter_person(by=union.by, unit=union.clinic, **read("name", "Hoa Thị Khác", TODAY).values,
                 **read("id_number", "001188000123", TODAY).values)  # fmt: skip
    with pytest.raises(Refusal, match=r"Sổ đoàn viên đã thay đổi từ khi xem trước \(dòng 3\). Chưa ghi gì"):
        write(draft, union.school, union.officer, nothing)


def test_a_list_is_written_once(union: SimpleNamespace) -> None:
    draft, _looked = looked_over(xlsx([HEAD, HOA]), union.school, union.officer, TODAY)
    kept = draft.rows_path.read_bytes()
    write(draft, union.school, union.officer, nothing)
    draft.rows_path.write_bytes(kept)
    with pytest.raises(Refusal, match="Danh sách này đã được ghi rồi"):
        write(draft, union.school, union.officer, nothing)


def test_a_fault_half_way_leaves_nothing(union: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [HEAD, *[[f"Nguyễn Thị {chr(65 + at // 26)}{chr(97 + at % 26)}", "1/1/1985"] for at in range(500)]]
    draft, _looked = looked_over(xlsx(rows), union.school, union.officer, TODAY)
    before = Person.objects.count(), AuditEvent.objects.count()
    monkeypatch.setattr("nhiemky.members.importing.known.MANY", 100)
    seen: list[int] = []

    def stop(done: int) -> None:
        seen.append(done)
        if done > 500:
            raise RuntimeError("the current went")

    with pytest.raises(RuntimeError):
        write(draft, union.school, union.officer, stop)
    assert len(seen) > 1
    assert (Person.objects.count(), AuditEvent.objects.count()) == before


def test_the_trail_has_one_event_and_no_names(union: SimpleNamespace) -> None:
    before = AuditEvent.objects.count()
    draft = taken_in(xlsx([HEAD, HOA, ["Trần Văn Nam", "1/1/1985"]]), union)
    [event] = AuditEvent.objects.order_by("number")[before:]
    assert (event.action, event.subject, event.unit) == ("members.import.apply", f"import:{draft.code}", "i-truong")
    assert event.data["rows"] == {"new": 2} and event.data["units"] == {"i-truong": 2}
    assert event.data["file"] == draft.digest and len(event.data["persons"]) == 64
    assert "Nguyễn" not in str(event.data) and "Trần" not in str(event.data)
    row = SheetImport.objects.get(code=draft.code)
    assert {each.source for each in Membership.objects.filter(unit=union.school)} == {row.source}


def test_only_who_records_at_the_unit_writes(union: SimpleNamespace) -> None:
    draft, _looked = looked_over(xlsx([HEAD, HOA]), union.school, union.officer, TODAY)
    with pytest.raises(NotAllowed):
        apply_import(by=union.neighbour, unit=union.school, draft=draft, today=TODAY)
    assert not Person.objects.filter(folded="nguyen thi hoa").exists()


def test_the_report_says_what_became_of_each_row(union: SimpleNamespace) -> None:
    rows = [HEAD, HOA, ["Trần Văn Nam", "31/2/1985", "", "=1+1"], ["Lê & <An>", "1985"]]
    draft = taken_in(xlsx(rows), union)
    page = openpyxl.load_workbook(io.BytesIO(draft.report_path.read_bytes())).active
    told = [[cell or "" for cell in row[:4]] for row in page.iter_rows(min_row=3, values_only=True)]
    assert told[0] == [2, "ghi mới", "", "Nguyễn Thị Hoa"]
    assert told[1][:2] == [3, "để lại vì có lỗi"] and "không phải ngày có thật" in told[1][2]
    assert told[2][3] == "Lê & <An>"
    assert page["G4"].value == "=1+1" and page["G4"].data_type == "s" and page["G4"].quotePrefix
    assert page["F3"].value is None and page["F4"].value is None


def test_nothing_of_the_list_stays_once_it_is_written(union: SimpleNamespace) -> None:
    draft = taken_in(xlsx([HEAD, HOA]), union)
    assert sorted(path.name for path in draft.folder.iterdir()) == ["draft.json", "report.xlsx"]
    assert "Hoa" not in (draft.folder / "draft.json").read_text()
    assert draft.report_path.stat().st_mode & 0o077 == 0 and draft.folder.stat().st_mode & 0o077 == 0


def test_what_waits_is_sealed_where_secrets_are(union: SimpleNamespace, settings: Any) -> None:
    settings.ENCRYPTS = True
    draft, [looked] = looked_over(xlsx([HEAD, HOA]), union.school, union.officer, TODAY)
    for path in draft.folder.iterdir():
        kept = path.read_bytes()
        assert b"001188000123" not in kept and "Nguyễn".encode() not in kept and not kept.startswith(b"PK"), path.name
    assert looked.values["id_number"] == "001188000123"
    write(draft, union.school, union.officer, nothing)
    person = Person.objects.get(folded="nguyen thi hoa")
    assert (person.id_number, person.phone) == ("001188000123", "0912345678")


def test_a_draft_is_its_owners_for_a_day(union: SimpleNamespace) -> None:
    from datetime import timedelta

    from nhiemky.members.importing import drafts

    draft, _looked = looked_over(xlsx([HEAD, HOA]), union.school, union.officer, TODAY)
    now = clock.now()

    def found(by: Any, unit: str, at: Any = now) -> bool:
        return drafts.draft_of(draft.code, by=by.pk, unit=unit, at=at) is not None

    assert found(union.officer, "i-truong")
    assert not found(union.above, "i-truong") and not found(union.officer, "i-y-te")
    assert not found(union.officer, "i-truong", now + timedelta(days=1))
    assert drafts.draft_of("../../etc", by=union.officer.pk, unit="i-truong", at=now) is None
    drafts.forget_old(now)
    assert draft.folder.exists()
    draft.stage = drafts.Stage.WRITING
    draft.save()
    drafts.forget_old(now + timedelta(days=1))
    assert draft.folder.exists(), "it is being written"
    draft.stage = drafts.Stage.READY
    draft.save()
    drafts.forget_old(now + timedelta(days=1))
    assert not draft.folder.exists()


def test_pages_of_a_filter(union: SimpleNamespace) -> None:
    rows = [
        HEAD,
        *[[f"Nguyễn Thị {chr(65 + at // 26)}{chr(97 + at % 26)}", "31/2/1985" if at % 3 else ""] for at in range(60)],
    ]
    draft, _looked = looked_over(xlsx(rows), union.school, union.officer, TODAY)
    with open_spool(draft.rows_path) as spool:
        assert spool.count("state = 5") == 40
        page: list[Looked] = spool.page("state = 5", 10, 10)
        assert [row.number for row in page] == [row.number for row in spool.rows("state = 5")][10:20]
        assert isinstance(spool, Spool) and spool.page("state = 5", 40, 10) == []

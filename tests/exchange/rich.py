"""A small union in which something of everything was recorded, by the actions people use: what an export must hold."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import BytesIO

from PIL import Image

from nhiemky.documents.models import WordTemplate
from nhiemky.exchange.models import Loaded
from nhiemky.figures.actions import adopt_target, correct_target, withdraw_target
from nhiemky.foundation import clock
from nhiemky.foundation.actions import record_source
from nhiemky.foundation.files import prepared
from nhiemky.foundation.roles import Role
from nhiemky.ledger.actions import cancel_entry, correct_entry, record_entry, record_statement
from nhiemky.ledger.checks import Money
from nhiemky.members.actions import (
    accept_transfer,
    add_child,
    amend_person,
    ask_transfer,
    begin_register,
    choose_rules,
    end_post,
    enter_person,
    fill_post,
    fix_body_size,
    give_consent,
    join_unit,
    merge_persons,
    record_dues,
    record_standing,
    remember_columns,
    set_group,
    unmerge_persons,
    withdraw_consent,
)
from nhiemky.members.models import Person, SheetImport
from nhiemky.members.particulars import id_digests
from nhiemky.reforms.actions import (
    annul_reorganisation,
    apply_reorganisation,
    draft_reorganisation,
    reverse_reorganisation,
)
from nhiemky.reforms.rows import Do, Row
from nhiemky.reports.actions import issue_report
from nhiemky.rules.indicators import Count, Coverage
from nhiemky.rules.quantities import Comparator, Quantity
from nhiemky.rules.targets import Aim, Basis
from nhiemky.rules.timeline import PartialDate, Span
from nhiemky.units.actions import name_period, open_term
from nhiemky.units.models import Unit
from nhiemky.units.queries import period_named
from tests.factories import a_unit, a_user, clerk, let, put

TODAY = date(2026, 11, 24)
LIFE = Span.parse("2015..")


def picture(colour: str = "red") -> bytes:
    into = BytesIO()
    Image.new("RGB", (40, 30), colour).save(into, "JPEG")
    return into.getvalue()


def write() -> dict[str, Unit]:
    """The units by short names: a province, a district and its neighbour, three unions, a group."""
    kinds = {"tinh": "province", "huyen": "district", "ben": "district", "a": "grassroots", "b": "grassroots",
             "xa": "grassroots", "to": "group"}  # fmt: skip
    units = {name: a_unit(f"du-{name}", kind, "hanh_chinh" if kind == "grassroots" else "", LIFE)
             for name, kind in kinds.items()}  # fmt: skip
    for unit, parent in (("huyen", "tinh"), ("ben", "tinh"), ("a", "huyen"), ("xa", "ben"), ("to", "a")):
        put(units[unit], units[parent], LIFE)
    # came from the neighbour in the middle of 2024
    put(units["b"], units["ben"], Span.parse("2015..2024-06"))
    put(units["b"], units["huyen"], Span.parse("2024-07.."))
    people = _people(units)
    _work(units, people)
    _reform(units)
    return units


def _people(units: dict[str, Unit]) -> dict[str, Person]:
    by, a = clerk(), units["a"]
    officer = a_user("du.can-bo")
    let(officer, a, Role.OFFICER)
    number = "001185000123"
    people = {
        name: enter_person(by=by, name=f"Người Dư {name}", unit=a, code=f"du.{name}", fictional=True)
        for name in ("lan", "lan2", "minh", "di", "den")
    }
    amend_person(
        by=by, unit=a, person=people["lan"], values={"id_number": number, **id_digests(number), "job": "Kế toán"}
    )
    source = record_source(by=by, title="Danh sách đoàn viên", code="du.nguon")
    join_unit(by=officer, unit=a, person=people["lan"], valid=Span.parse("2016.."), joining="individual", source=source,
              code="du.m1")  # fmt: skip
    amend_person(by=officer, unit=a, person=people["lan"], values={
        "born_on": date(1985, 1, 1), "born_precision": "year", "phone": "0912345678", "job": "Kế toán trưởng",
    })  # fmt: skip
    join_unit(by=by, unit=a, person=people["minh"], valid=Span.parse("2018-03.."))
    merge_persons(by=by, unit=a, kept=people["lan"], dropped=people["lan2"], reason="ghi hai lần")
    merge = people["lan2"].merged_into.get()
    unmerge_persons(by=by, unit=a, merge=merge)
    merge_persons(by=by, unit=a, kept=people["lan"], dropped=people["lan2"], reason="đúng là một người")
    # left for the neighbour, and came from it
    for name, here, there in (("di", "a", "xa"), ("den", "xa", "a")):
        join_unit(by=by, unit=units[here], person=people[name], valid=Span.parse("2019.."))
        amend_person(by=by, unit=units[here], person=people[name], values={"phone": "0987654321"})
        moved = ask_transfer(by=by, unit=units[here], person=people[name], to_unit=units[there],
                             last_day=date(2026, 10, 31), today=TODAY, reason="chuyển công tác")  # fmt: skip
        accept_transfer(by=by, transfer=moved, first_day=date(2026, 11, 1), today=TODAY)
    ask_transfer(by=by, unit=a, person=people["minh"], to_unit=units["xa"], last_day=date(2026, 11, 30), today=TODAY)
    set_group(by=by, unit=a, person=people["lan"], group=units["to"], since=date(2020, 1, 1))
    record_standing(
        by=by, unit=a, person=people["lan"], kind="party", valid=Span.parse("2018-05-19.."), decision="7/QĐ"
    )
    record_dues(by=by, unit=a, person=people["lan"], months=Span.parse("2026-01..2026-06"), state="paid", paid=180000)
    add_child(by=by, unit=a, person=people["lan"], name="Trần An", born=PartialDate.parse("2016"), sex="male")
    give_consent(by=by, unit=a, person=people["lan"], purpose="contact", given_on=date(2026, 1, 5))
    withdraw_consent(by=by, unit=a, person=people["lan"], purpose="contact", withdrawn_on=date(2026, 2, 5))
    begin_register(by=by, unit=a, begins_on=date(2026, 1, 1))
    remember_columns(by=by, unit=a, labels=["Họ tên", "Ngày sinh"], mapping={0: "name", 1: "born"})
    SheetImport.objects.create(code="du.bang", unit=a, at=clock.now(), by=officer, digest="0" * 64, source=source,
                               counts={"new": 3})  # fmt: skip
    return people


def _work(units: dict[str, Unit], people: dict[str, Person]) -> None:
    by, a = clerk(), units["a"]
    term = open_term(by=by, unit=a, label="2023–2028", period=Span.parse("2023-03-10.."), planned=Span.parse("2023-03-10..2028"),
                     code="du.nk")  # fmt: skip
    name_period(by=by, unit=a, kind="school_year", label="Năm học 2024–2025", period=Span.parse("2024-09..2025-05"))
    choose_rules(by=by, unit=a, term=term, ruleset="")
    fix_body_size(by=by, unit=a, term=term, body="bch", size=5)
    post = fill_post(by=by, unit=a, person=people["lan"], body="bch", role="chair", mandate="elected", term=term,
                     valid=Span.parse("2023-03-10.."))  # fmt: skip
    end_post(by=by, post=post, last=PartialDate.parse("2026-05-31"), ending="moved")
    given = {"by": by, "kind": "visit", "today": TODAY, "period": Span.parse("2025-02-10")}
    visit = record_entry(
        unit=a, counts=[Count("nguoi", Quantity(2, Comparator.GT))], money=[Money(Quantity(1_000_000), "ngan_sach_cong_doan")],
        people=["Bà Tư", people["lan"]], files=[prepared("ảnh.jpg", picture())], partners=["UBND xã"],
        note="Hai dòng\nghi chú", code="du.e1", **given,
    )  # fmt: skip
    correct_entry(entry=visit, reason="sửa số", counts=[Count("nguoi", Quantity(3))], code="du.e2", **given)
    wrong = record_entry(unit=units["b"], counts=[Count("nguoi", Quantity(9))], code="du.e3", **given)
    cancel_entry(by=by, entry=wrong, reason="ghi nhầm", code="du.e4")
    record_entry(unit=units["xa"], counts=[Count("nguoi", Quantity(7))], code="du.e5", **given)
    record_statement(by=by, unit=a, subject="members", period=Span.parse("2025-12-31"), today=TODAY,
                     value=Quantity(40), coverage=Coverage.OWN, code="du.s1")  # fmt: skip
    aim = {"by": by, "indicator": "members_visited", "aim": Aim.GTE, "basis": Basis.TERM, "period": Span.parse("2023..2028"),
           "term": term, "low": Decimal(10)}  # fmt: skip
    target = adopt_target(unit=a, code="du.t1", **aim)
    target = correct_target(target=target, reason="ghi nhầm", code="du.t2", **aim | {"low": Decimal(12)})
    withdraw_target(by=by, target=target, reason="đại hội bỏ", code="du.t3")
    year = period_named(a, "2025")
    assert year
    issue_report(by=by, unit=a, period=year, number="5/BC-CĐ", today=TODAY)
    Loaded.objects.create(type="entry", identity="du.e1", digest="1" * 64)


def _reform(units: dict[str, Unit]) -> None:
    """A union merges into another, with its member, term and stock; another event was annulled, a third is a draft."""
    by, district = clerk(), units["huyen"]
    for name in ("c", "d"):
        units[name] = a_unit(f"du-{name}", "grassroots", "hanh_chinh", LIFE)
        put(units[name], district, LIFE)
    person = enter_person(by=by, name="Người Dư nhập", unit=units["d"], code="du.nhap", fictional=True)
    join_unit(by=by, unit=units["d"], person=person, valid=Span.parse("2019.."))
    fill_post(by=by, unit=units["d"], person=person, body="bch", role="chair", mandate="elected",
              valid=Span.parse("2023-03-10.."))  # fmt: skip
    open_term(by=by, unit=units["d"], label="2023–2028", period=Span.parse("2023-03-10.."))
    record_statement(by=by, unit=units["d"], subject="members", period=Span.parse("2025-05-31"), today=TODAY,
                     value=Quantity(12), coverage=Coverage.OWN)  # fmt: skip
    given = {"by": by, "unit": district, "day": date(2025, 7, 1), "decision": "9/QĐ"}
    wrong = draft_reorganisation(title="Ghi nhầm", rows=[Row(Do.RENAME, "du-c", name="Tên nhầm", at=1)], **given)
    annul_reorganisation(by=by, event=apply_reorganisation(by=by, event=wrong, today=TODAY), reason="ghi nhầm")
    right = draft_reorganisation(title="Nhập hai công đoàn", rows=[Row(Do.MERGE, "du-d", "du-c", at=1)],
                                 file=prepared("quyết định.jpg", picture("blue")), **given)  # fmt: skip
    apply_reorganisation(by=by, event=right, today=TODAY)
    reverse_reorganisation(by=by, event=right, day=date(2026, 1, 1))


def a_template() -> None:
    """An office's own Word template, with a withdrawn one before it."""
    for contents, gone in ((b"PK cu", clock.now()), (b"PK moi", None)):
        import hashlib

        WordTemplate.objects.create(
            kind="term_report", contents=contents, digest=hashlib.sha256(contents).hexdigest(),
            uploaded_at=clock.now(), uploaded_by=clerk(), withdrawn_at=gone,
        )  # fmt: skip

"""What a person is owed: readings that leave a trace without contents, consent, their own data, being forgotten, keys."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from django.db import connection
from pytest_django.fixtures import Settings

from nhiemky.foundation.models import AuditEvent, User
from nhiemky.foundation.refusals import NotAllowed, Refusal
from nhiemky.foundation.resealing import closed_columns, reseal_all
from nhiemky.foundation.roles import Role
from nhiemky.foundation.sealing import SEALED, unveiled, veiled
from nhiemky.ledger.actions import record_entry
from nhiemky.ledger.models import EntryPerson
from nhiemky.members.actions import (
    add_child,
    amend_person,
    erase_person,
    give_consent,
    leave_unit,
    record_dues,
    record_standing,
    reveal_person,
    tell_person,
    withdraw_consent,
)
from nhiemky.members.models import Membership, Person, PersonChange
from nhiemky.members.queries.privacy import all_kept_of, consents_of, readings_at, readings_of
from nhiemky.members.queries.register import Listing, Wanted
from nhiemky.rules.indicators import Count
from nhiemky.rules.quantities import Quantity
from nhiemky.rules.timeline import PartialDate, Span
from nhiemky.units.models import Unit
from tests.factories import a_unit, a_user, clerk, let, put
from tests.members.people import TODAY, a_person

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]

NUMBER, PHONE, HOME = "001190012345", "0912345678", "Thôn Vắng, xã Hư Không"


@pytest.fixture
def unit() -> Unit:
    unit = a_unit("pr-truong")
    put(unit, a_unit("pr-tren", "district"))
    return unit


@pytest.fixture
def lan(unit: Unit) -> Person:
    return a_person(
        "Hoàng Thị Lanzy", unit, id_number=NUMBER, phone=PHONE, address=HOME, born="5/6/1990", religion="Không",
    )  # fmt: skip


@pytest.fixture
def officer(unit: Unit) -> User:
    user = a_user("pr-can-bo")
    let(user, unit)
    return user


@pytest.fixture
def above(unit: Unit) -> User:
    user = a_user("pr-cap-tren")
    let(user, Unit.objects.get(code="pr-tren"), below=True)
    return user


def secrets_in(text: str) -> list[str]:
    return [each for each in (NUMBER, PHONE, HOME, "Lanzy", "05/06/1990", "1990-06-05") if each in text]


def whole_trail() -> str:
    return json.dumps(list(AuditEvent.objects.values_list("subject", "unit", "data")), ensure_ascii=False)


def test_what_is_read_is_told_to_the_unit_and_contents_stay_out_of_the_trail(
    unit: Unit, lan: Person, above: User
) -> None:
    found = reveal_person(by=above, unit=unit, person=lan, codes=["id_number", "phone"], reason="benefit")
    assert found == {"id_number": NUMBER, "phone": PHONE}
    [row] = readings_at(unit)
    assert (row.who, row.name, row.reason) == (str(above), lan.name, "Chi trả, xét chế độ, hỗ trợ")
    assert row.fields == ("Số CCCD/CMND", "Điện thoại")
    assert [each.number for each in readings_of(lan)] == [row.number]
    assert not secrets_in(whole_trail())


def test_planted_value_in_the_trail_would_be_seen() -> None:
    assert secrets_in(json.dumps([["person:x", "u", {"fields": [PHONE]}]]))


def test_reading_needs_a_reason_fields_and_the_unit_that_keeps_the_person(unit: Unit, lan: Person, above: User) -> None:
    for codes, reason in ((["phone"], ""), (["phone"], "curious"), ([], "benefit"), (["nothing"], "benefit")):
        with pytest.raises(Refusal):
            reveal_person(by=above, unit=unit, person=lan, codes=codes, reason=reason)
    other = a_unit("pr-khac")
    let(above, other)
    with pytest.raises(Refusal):
        reveal_person(by=above, unit=other, person=lan, codes=["phone"], reason="benefit")
    auditor = a_user("pr-kiem-tra")
    let(auditor, unit, Role.AUDITOR)
    with pytest.raises(NotAllowed):
        reveal_person(by=auditor, unit=unit, person=lan, codes=["phone"], reason="benefit")
    assert not readings_at(unit)


def test_everything_written_by_the_register_leaves_contents_out_of_the_trail(
    unit: Unit, lan: Person, officer: User
) -> None:
    amend_person(by=officer, unit=unit, person=lan, values={"address": "Xóm Khác"})
    add_child(by=officer, unit=unit, person=lan, name="Bé Lanzy Con")
    give_consent(by=officer, unit=unit, person=lan, purpose="contact", given_on=TODAY)
    tell_person(by=officer, unit=unit, person=lan)
    assert not secrets_in(whole_trail()) and "Xóm Khác" not in whole_trail()


def test_consent_is_given_once_and_taken_back(unit: Unit, lan: Person, officer: User) -> None:
    first = give_consent(by=officer, unit=unit, person=lan, purpose="contact", given_on=date(2026, 1, 5))
    assert give_consent(by=officer, unit=unit, person=lan, purpose="contact", given_on=TODAY).pk == first.pk
    assert set(consents_of(lan)) == {"contact"}
    with pytest.raises(Refusal):
        withdraw_consent(by=officer, unit=unit, person=lan, purpose="contact", withdrawn_on=date(2026, 1, 4))
    withdraw_consent(by=officer, unit=unit, person=lan, purpose="contact", withdrawn_on=date(2026, 2, 1))
    assert not consents_of(lan)
    for purpose in ("register", "nothing"):
        with pytest.raises(Refusal):
            give_consent(by=officer, unit=unit, person=lan, purpose=purpose, given_on=TODAY)
    with pytest.raises(Refusal):
        withdraw_consent(by=officer, unit=unit, person=lan, purpose="care", withdrawn_on=TODAY)


# ---- one's own data


def _full_life(unit: Unit, lan: Person, officer: User) -> None:
    record_standing(by=officer, unit=unit, person=lan, kind="party", valid=Span(date(2021, 3, 3), None))
    record_dues(
        by=officer, unit=unit, person=lan, months=Span(date(2026, 1, 1), date(2026, 2, 1)), state="paid",
        wage=13_572_468, paid=45_678,
    )  # fmt: skip
    add_child(by=officer, unit=unit, person=lan, name="Bé Nahn")
    give_consent(by=officer, unit=unit, person=lan, purpose="contact", given_on=date(2026, 1, 5))
    reveal_person(by=officer, unit=unit, person=lan, codes=["id_number"], reason="paper")
    entry = record_entry(
        by=officer, unit=unit, kind="hardship", period=Span.on(date(2026, 5, 5)), today=TODAY,
        counts=[Count("luot", Quantity(1))],
    )  # fmt: skip
    EntryPerson.objects.create(entry=entry, position=1, name=lan.name, person=lan)


def test_own_data_holds_everything_that_points_at_the_person(unit: Unit, lan: Person, officer: User) -> None:
    _full_life(unit, lan, officer)
    told = json.dumps([[part.title, part.rows] for part in all_kept_of(lan)], ensure_ascii=False)
    for wanted in (
        NUMBER,
        PHONE,
        HOME,
        "05/06/1990",
        "Đảng viên",
        "13572468",
        "45678",
        "Bé Nahn",
        "Liên hệ",
        "giấy tờ",
    ):
        assert wanted in told, wanted
    assert "Việc có ghi tên" in told and "Nơi sinh hoạt công đoàn" in told


def test_every_table_that_points_at_a_person_is_told_or_named_here() -> None:
    told = {"Membership", "Grouping", "Standing", "Dues", "Post", "Child", "Consent", "Transfer", "EntryPerson"}
    # what was changed and which records were found to be one: kept for undoing, and forgotten with the person
    besides = {"PersonChange", "PersonMerge", "Person"}
    pointing = {relation.related_model.__name__ for relation in Person._meta.related_objects}
    assert pointing == told | besides, "Tell it in members.queries.privacy.all_kept_of, or say here why not."


def test_only_the_keeping_unit_hands_it_out(unit: Unit, lan: Person, above: User, officer: User) -> None:
    with pytest.raises(Refusal):
        tell_person(by=above, unit=unit, person=lan)
    tell_person(by=officer, unit=unit, person=lan)
    assert readings_of(lan)[0].fields == ("tất cả những gì đang giữ",)


# ---- being forgotten


def test_erased_person_leaves_a_number_and_no_name(unit: Unit, lan: Person, officer: User) -> None:
    _full_life(unit, lan, officer)
    amend_person(by=officer, unit=unit, person=lan, values={"address": HOME + " mới"})
    with pytest.raises(Refusal):
        erase_person(by=clerk(), unit=unit, person=lan, reason="asked")
    [row] = Membership.objects.filter(person=lan, superseded_at=None)
    leave_unit(by=officer, membership=row, last=PartialDate.parse("2026-10-31"), leaving="left")
    with pytest.raises(NotAllowed):
        erase_person(by=officer, unit=unit, person=lan, reason="asked")
    with pytest.raises(Refusal):
        erase_person(by=clerk(), unit=unit, person=lan, reason="vì ghét")
    on = Wanted((unit.pk,), date(2026, 1, 1))
    before = Listing.of(on).sum().count
    erase_person(by=clerk(), unit=unit, person=lan, reason="asked")
    assert Listing.of(on).sum().count == before == 1
    assert Membership.objects.filter(person=lan, superseded_at=None).exists()
    everywhere = _every_text()
    for secret in (NUMBER, PHONE, HOME, "Lanzy", "lanzy", "Bé Nahn", "13572468"):
        assert secret not in everywhere, secret
    person = Person.objects.get(pk=lan.pk)
    assert (person.name, person.born_on, person.id_digest) == ("Đã xóa", None, "")
    assert not Listing.of(Wanted(None, None, number=NUMBER)).page(None, 5)
    assert not Listing.of(Wanted(None, None, words=("lanzy",))).page(None, 5)


def _every_text() -> str:
    """All rows of all tables as text."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table.startswith(("members_", "ledger_", "foundation_")) and "words" not in table:
                cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
                found += [str(row) for row in cursor.fetchall()]
    return "\n".join(found)


def test_planted_rest_of_an_erased_person_would_be_seen(unit: Unit, lan: Person) -> None:
    PersonChange.objects.create(person=lan, at="2026-01-01T00:00:00Z", by=clerk(), fields=["phone"], before="{}")
    assert NUMBER in _every_text()


# ---- the key


def stored(column: str, person: Person) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM members_person WHERE id = %s", [person.pk])
        return str(cursor.fetchone()[0])


def test_key_is_set_then_changed(unit: Unit, lan: Person, settings: Settings) -> None:
    first = str(settings.SECRET_KEY)
    assert stored("phone", lan) == PHONE
    settings.SECRET_KEY, settings.ENCRYPTS = "khoa moi cua may chu", True
    assert not Listing.of(Wanted(None, None, number=NUMBER)).page(None, 5)
    outcome = reseal_all(by=clerk(), former=[first])
    assert outcome.sealed >= 3
    assert stored("phone", lan).startswith(SEALED) and Person.objects.get(pk=lan.pk).phone == PHONE
    assert [each.pk for each in Listing.of(Wanted(None, None, number=NUMBER)).page(None, 5)] == [lan.pk]
    assert [each.pk for each in Listing.of(Wanted(None, None, last_four=NUMBER[-4:])).page(None, 5)] == [lan.pk]
    assert reseal_all(by=clerk(), former=[]).sealed == 0

    settings.SECRET_KEY = "khoa thu ba"
    assert "members_person.phone" in set(closed_columns())
    before = stored("phone", lan)
    with pytest.raises(Refusal, match="không mở được"):
        reseal_all(by=clerk(), former=["khoa sai"])
    assert stored("phone", lan) == before
    reseal_all(by=clerk(), former=["khoa sai", "khoa moi cua may chu"])
    assert Person.objects.get(pk=lan.pk).id_number == NUMBER and not set(closed_columns())
    assert not secrets_in(whole_trail())


def test_backup_is_as_closed_as_the_database(lan: Person, settings: Settings) -> None:
    from nhiemky.foundation.backup import schema
    from nhiemky.foundation.backup.rows import lines_of

    [table] = [each for each in schema.tables_at(schema.applied()) if each._meta.db_table == "members_person"]
    assert PHONE in b"".join(lines_of(table)).decode()
    first = str(settings.SECRET_KEY)
    settings.SECRET_KEY, settings.ENCRYPTS = "khoa moi cua may chu", True
    reseal_all(by=clerk(), former=[first])
    written = b"".join(lines_of(table)).decode()
    assert not [each for each in (NUMBER, PHONE, HOME) if each in written]
    assert stored("phone", lan) in written


def test_secrets_of_second_factors_are_sealed_too(settings: Settings) -> None:
    from allauth.mfa.models import Authenticator

    user = a_user("pr-hai-lop")
    row = Authenticator.objects.create(user=user, type="totp", data={"secret": "JBSWY3DP"})
    settings.SECRET_KEY, settings.ENCRYPTS = "khoa moi", True
    reseal_all(by=clerk(), former=[])
    row.refresh_from_db()
    assert row.data["secret"].startswith(SEALED)


def test_what_stands_in_an_address_tells_nobody_else_anything() -> None:
    token = veiled(NUMBER, "search:1")
    assert NUMBER not in token and unveiled(token, "search:1") == NUMBER
    for other in ("search:2", ""):
        assert unveiled(token, other) == ""
    for nonsense in ("", "x", "é", "A" * 500, token[:-3]):
        assert unveiled(nonsense, "search:1") == ""


def test_reseal_on_the_command_line_takes_the_key_that_lay_beside(tmp_path: Path, settings: Settings) -> None:
    from nhiemky.config.care import _former_keys

    settings.VAR_DIR = tmp_path
    (tmp_path / "secret-key").write_text("khoa cu\n")
    other = tmp_path / "khac"
    other.write_text("khoa khac")
    assert _former_keys(None) == ["khoa cu"]
    assert set(_former_keys(other)) == {"khoa cu", "khoa khac"}
    with pytest.raises(Refusal):
        _former_keys(tmp_path / "khong-co")

"""The action door and the audit trail: no write without a right and an event, no event that can be changed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import DatabaseError, connection, transaction

from nhiemky.config import settings as shipped
from nhiemky.foundation import audit, policies
from nhiemky.foundation.actions import create_user
from nhiemky.foundation.door import ACTIONS, action
from nhiemky.foundation.models import AuditEvent, User
from nhiemky.foundation.policies import POLICIES, Policy, whole_installation
from nhiemky.foundation.refusals import NotAllowed, Refusal
from nhiemky.foundation.roles import Right

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]


@pytest.fixture
def tried() -> Iterator[dict[str, Any]]:
    """Actions of this test only."""

    @action("foundation.test.inner")
    def inner(*, by: User) -> None:
        audit.write_event(subject="inner")

    @action("foundation.test.silent")
    def silent(*, by: User) -> None:
        User.objects.create_user("kin-dao")

    @action("foundation.test.outer", calls=("foundation.test.inner",))
    def outer(*, by: User, fail: bool = False) -> None:
        inner(by=by)
        audit.write_event(subject="outer")
        if fail:
            raise Refusal("hỏng")

    @action("foundation.test.sly")
    def sly(*, by: User) -> None:
        inner(by=by)

    names = [name for name in ACTIONS if name.startswith("foundation.test.")]
    for name in names:
        POLICIES[name] = Policy(Right.ADMINISTER, whole_installation)
    del POLICIES["foundation.test.inner"]
    yield {"inner": inner, "silent": silent, "outer": outer, "sly": sly}
    for name in names:
        del ACTIONS[name]
        POLICIES.pop(name, None)


def events() -> int:
    return AuditEvent.objects.count()


def test_an_action_without_an_event_is_undone(clerk: User, tried: dict[str, Any]) -> None:
    before = events()
    with pytest.raises(RuntimeError, match="no audit event"):
        tried["silent"](by=clerk)
    assert not User.objects.filter(username="kin-dao").exists() and events() == before


def test_an_inner_action_writes_its_own_event_and_is_not_asked_again(clerk: User, tried: dict[str, Any]) -> None:
    before = events()
    tried["outer"](by=clerk)
    last = list(AuditEvent.objects.order_by("-number")[:2].values_list("action", "subject"))
    assert last == [("foundation.test.outer", "outer"), ("foundation.test.inner", "inner")] and events() == before + 2


def test_an_inner_action_must_be_declared(clerk: User, tried: dict[str, Any]) -> None:
    with pytest.raises(RuntimeError, match="without saying so"):
        tried["sly"](by=clerk)


def test_a_refusal_undoes_everything(clerk: User, tried: dict[str, Any]) -> None:
    before = events()
    with pytest.raises(Refusal):
        tried["outer"](by=clerk, fail=True)
    assert events() == before and list(audit.broken_links()) == []


def test_a_person_without_the_right_is_told_what_to_do(tried: dict[str, Any]) -> None:
    stranger = User.objects.create_user("nguoi-la")
    for nobody in (stranger, None):
        with pytest.raises(NotAllowed, match="nhờ người quản trị"):
            tried["outer"](by=nobody)
    stranger.is_active = False
    assert not policies.may(stranger, Right.READ, None, date(2026, 1, 1))


def test_an_event_belongs_to_an_action(clerk: User) -> None:
    with pytest.raises(RuntimeError):
        audit.write_event(subject="x")


def test_a_weak_password_and_a_taken_name_are_refused(clerk: User, settings: LazySettings) -> None:
    settings.PASSWORD_HASHERS = shipped.PASSWORD_HASHERS
    for username, password in (("moi", "ngan"), ("moi", "password123"), ("dong-lenh", "mot-mat-khau-dai")):
        with pytest.raises(Refusal):
            create_user(by=clerk, username=username, display_name="Mới", password=password)
    made = create_user(by=clerk, username="moi", display_name="Mới", password="mot-mat-khau-dai")
    assert made.password.startswith("argon2")


@pytest.mark.parametrize(
    "table",
    [
        "foundation_auditevent",
        "ledger_entry",
        "ledger_entrycount",
        "ledger_entrymoney",
        "ledger_statement",
        "documents_issueddocument",
        "documents_issuedfile",
    ],
)
def test_the_database_refuses_to_change_what_was_recorded(table: str, clerk: User) -> None:
    if table.startswith("documents"):
        from nhiemky.reports.actions import issue_report
        from nhiemky.units.models import Unit
        from nhiemky.units.queries import period_named

        unit = Unit.objects.get(code="nho-quan")
        period = period_named(unit, "2018-2023")
        issue_report(by=clerk, unit=unit, period=period, number="", today=date(2026, 1, 1))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        [(count,)] = cursor.fetchall()
        assert count
        key = "number" if table.endswith("auditevent") else "id"
        for statement in (f"UPDATE {table} SET {key} = {key}", f"DELETE FROM {table}"):
            with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
                cursor.execute(statement)


def test_a_changed_event_is_found(clerk: User) -> None:
    create_user(by=clerk, username="mot-nguoi", display_name="Một", password="mot-mat-khau-dai")
    create_user(by=clerk, username="hai-nguoi", display_name="Hai", password="mot-mat-khau-dai")
    assert list(audit.broken_links()) == []
    victim = AuditEvent.objects.order_by("-number")[1].number
    with connection.cursor() as cursor:
        on = " ON foundation_auditevent" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER foundation_auditevent_no_update{on}")
        cursor.execute("UPDATE foundation_auditevent SET subject = 'user:0' WHERE number = %s", [victim])
    assert victim in list(audit.broken_links())


def test_a_missing_last_event_is_found(clerk: User) -> None:
    create_user(by=clerk, username="mot-nguoi", display_name="Một", password="mot-mat-khau-dai")
    last = AuditEvent.objects.order_by("-number")[0].number
    with connection.cursor() as cursor:
        on = " ON foundation_auditevent" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER foundation_auditevent_no_delete{on}")
        cursor.execute("DELETE FROM foundation_auditevent WHERE number = %s", [last])
    assert list(audit.broken_links())

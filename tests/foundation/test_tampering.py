"""What somebody with the database in hand could change: every field of an event is found, no table lets go of a row."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from nhiemky.foundation import audit
from nhiemky.foundation.append_only import TABLES
from nhiemky.foundation.models import AuditEvent, AuditHead, User
from tests.factories import a_unit, a_user

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]


def without_guard(table: str, verb: str, statement: str, given: list[Any]) -> None:
    """Inside the test's transaction, so the guard is there again afterwards."""
    connection.check_constraints()
    with connection.cursor() as cursor:
        on = f" ON {table}" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER {table}_no_{verb}{on}")
        cursor.execute(statement, given)


CHANGES: dict[str, Any] = {
    "at": "2001-01-01 00:00:00+00:00",
    "actor_id": None,
    "action": "units.unit.dissolve",
    "subject": "unit:khac",
    "unit": "khac",
    "data": '{"kind": "khac"}',
    "previous": "1" * 64,
    "digest": "2" * 64,
}


@pytest.mark.parametrize("field", CHANGES)
def test_a_change_of_any_field_is_found(clerk: User, field: str) -> None:
    for code in ("v-mot", "v-hai", "v-ba"):
        a_unit(code)
    assert list(audit.broken_links()) == []
    victim = AuditEvent.objects.order_by("-number")[1].number
    value = a_user("nguoi-khac").pk if field == "actor_id" else CHANGES[field]
    statement = f"UPDATE foundation_auditevent SET {field} = %s WHERE number = %s"
    without_guard("foundation_auditevent", "update", statement, [value, victim])
    assert victim in list(audit.broken_links())


def test_an_event_taken_out_of_the_middle_is_found(clerk: User) -> None:
    for code in ("v-mot", "v-hai", "v-ba"):
        a_unit(code)
    victim = AuditEvent.objects.order_by("-number")[1].number
    without_guard("foundation_auditevent", "delete", "DELETE FROM foundation_auditevent WHERE number = %s", [victim])
    assert list(audit.broken_links()) == [victim + 1]


def test_an_end_moved_back_is_found(clerk: User) -> None:
    """Whoever deletes the last event and sets the head back leaves a chain that is whole, but shorter than was said."""
    a_unit("v-mot")
    last = AuditEvent.objects.order_by("-number")[0]
    AuditHead.objects.filter(pk=1).update(digest=last.previous)
    assert list(audit.broken_links()) == [last.number]


def test_every_number_follows_the_one_before(clerk: User) -> None:
    before = AuditHead.objects.get(pk=1)
    a_unit("v-mot")
    a_unit("v-hai")
    first, second = AuditEvent.objects.filter(number__gt=before.number).order_by("number")
    assert (first.number, first.previous) == (before.number + 1, before.digest)
    assert (second.number, second.previous) == (first.number + 1, first.digest)
    head = AuditHead.objects.get(pk=1)
    assert (head.number, head.digest) == (second.number, second.digest)


def test_what_must_stay_is_guarded() -> None:
    assert set(TABLES) >= {
        "foundation_auditevent", "ledger_entry", "ledger_entrycount", "ledger_entrymoney", "ledger_statement",
        "documents_issueddocument", "documents_issuedfile",
    }  # fmt: skip


@pytest.mark.parametrize("table", sorted(TABLES))
def test_a_table_is_not_emptied(clerk: User, table: str) -> None:
    """PostgreSQL empties a table without touching its rows; SQLite has no such command."""
    command = "TRUNCATE {} CASCADE" if connection.vendor == "postgresql" else "DELETE FROM {}"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        [(count,)] = cursor.fetchall()
        connection.check_constraints()
        if count or connection.vendor == "postgresql":
            with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
                cursor.execute(command.format(table))
        cursor.execute(f"SELECT count(*) FROM {table}")
        assert cursor.fetchall() == [(count,)]

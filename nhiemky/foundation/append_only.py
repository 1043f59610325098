"""Migrations that make the database itself refuse to change or delete the rows of a table."""

from __future__ import annotations

from typing import Any

from django.db import migrations


def append_only(*tables: str) -> migrations.RunPython:
    """An operation for the migration that creates `tables`; works on SQLite and PostgreSQL."""

    def forwards(apps: Any, editor: Any) -> None:
        for table in tables:
            for statement in _SQL[editor.connection.vendor]:
                editor.execute(statement.format(table=table))

    def backwards(apps: Any, editor: Any) -> None:
        for table in tables:
            for verb in ("update", "delete"):
                on = f" ON {table}" if editor.connection.vendor == "postgresql" else ""
                editor.execute(f"DROP TRIGGER {table}_no_{verb}{on}")

    return migrations.RunPython(forwards, backwards)


_SQL = {
    "sqlite": (
        "CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} "
        "BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END",
        "CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "
        "BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END",
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION nhiemky_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '%% is append-only', TG_TABLE_NAME; END $$",
        "CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION nhiemky_append_only()",
        "CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION nhiemky_append_only()",
    ),
}

"""Tables whose rows the database itself refuses to change or delete.

Each room names its tables when it starts; the triggers are made after every migration, because SQLite rebuilds a
table, and so loses its triggers, whenever a column is added.
"""

from __future__ import annotations

from typing import Any

from django.db import connections

TABLES: list[str] = []


def append_only(*tables: str) -> None:
    """Called once at start-up by the room that owns the tables."""
    TABLES.extend(table for table in tables if table not in TABLES)


def make_triggers(using: str, **_: Any) -> None:
    """Receiver of `post_migrate`: every table that is there has its triggers."""
    connection = connections[using]
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
        for table in TABLES:
            if table in there:
                for statement in _SQL[connection.vendor]:
                    cursor.execute(statement.format(table=table))


def unguarded(using: str = "default") -> list[str]:
    """The tables that lack a trigger."""
    connection = connections[using]
    names = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'",
    }
    with connection.cursor() as cursor:
        cursor.execute(names[connection.vendor])
        there = {name for (name,) in cursor.fetchall()}
    return [table for table in TABLES if not {f"{table}_no_update", f"{table}_no_delete"} <= there]


_SQL = {
    "sqlite": tuple(
        f"CREATE TRIGGER IF NOT EXISTS {{table}}_no_{verb.lower()} BEFORE {verb} ON {{table}} "
        "BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        for verb in ("UPDATE", "DELETE")
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION nhiemky_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$",
        *(
            f"CREATE OR REPLACE TRIGGER {{table}}_no_{verb.lower()} BEFORE {verb} ON {{table}} "
            f"FOR EACH {each} EXECUTE FUNCTION nhiemky_append_only()"
            for verb, each in (("UPDATE", "ROW"), ("DELETE", "ROW"), ("TRUNCATE", "STATEMENT"))
        ),
    ),
}

"""Which migrations a database has, its tables as they were then, and bringing an empty database to the same place."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.core.management.color import no_style
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection, models
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils.translation import gettext as _

from nhiemky.foundation.refusals import Refusal

Migration = tuple[str, str]
# What is over when its moment is over: a session that was ended after the backup must not live again, nor a job run
# twice.
LEFT_OUT = {"sessions", "axes", "django_tasks_database"}


def applied() -> set[Migration]:
    """The migrations the database has; none for an empty one."""
    return set(MigrationRecorder(connection).applied_migrations())


def missing() -> bool:
    """Whether the programs know migrations that the database has not."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def unknown(migrations: Iterable[Migration]) -> list[Migration]:
    """Those that these programs have never heard of."""
    return sorted(set(migrations) - set(_loader().disk_migrations))


def tables_at(migrations: set[Migration]) -> list[type[models.Model]]:
    """Every table that is worth keeping, as it is after these migrations and no others."""
    state = _loader().project_state(_ends(migrations))
    found = [
        model
        for model in state.apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and model._meta.app_label not in LEFT_OUT
    ]
    return sorted(found, key=lambda model: model._meta.db_table)


def migrate_to(migrations: set[Migration] | None = None) -> None:
    """Bring the database to these migrations, or to the newest; inside a transaction too."""
    executor = MigrationExecutor(connection, _settle)
    executor.migrate(executor.loader.graph.leaf_nodes() if migrations is None else _ends(migrations))
    connection.check_constraints()
    if migrations is None:
        emit_post_migrate_signal(verbosity=0, interactive=False, db=connection.alias)


def _settle(event: str, *_given: Any) -> None:
    """PostgreSQL changes no table while a key of it is still to be looked at."""
    if event == "apply_success":
        connection.check_constraints()


def _loader() -> MigrationLoader:
    return MigrationLoader(None, ignore_no_migrations=True, replace_migrations=False)


def _ends(migrations: set[Migration]) -> list[Migration]:
    """The last migration of each app."""
    if strange := unknown(migrations):
        raise Refusal(
            _("Dữ liệu này thuộc một bản Nhiệm kỳ mới hơn (%(name)s). Hãy nâng cấp phần mềm rồi làm lại.")
            % {"name": ".".join(strange[0])}
        )
    nodes = _loader().graph.node_map
    return sorted(
        key
        for key in migrations
        if not any(child.key in migrations and child.key[0] == key[0] for child in nodes[key].children)
    )


def holds_data() -> bool:
    """Whether anything was ever done in this database."""
    return _one("foundation_auditevent", "SELECT 1 FROM foundation_auditevent LIMIT 1") is not None


def audit_head() -> tuple[int, str]:
    """Number and digest of the last event, asked without any model of today."""
    found = _one("foundation_audithead", "SELECT number, digest FROM foundation_audithead WHERE id = 1")
    return (int(found[0]), str(found[1])) if found else (0, "")


def _one(table: str, statement: str) -> Any:
    with connection.cursor() as cursor:
        if table not in connection.introspection.table_names(cursor):
            return None
        cursor.execute(statement)
        return cursor.fetchone()


def empty(tables: Iterable[type[models.Model]]) -> None:
    """Take out what migrations put into a new database: the backup brings its own."""
    names = [connection.ops.quote_name(model._meta.db_table) for model in tables]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"TRUNCATE {', '.join(names)}")
        else:
            for name in names:
                cursor.execute(f"DELETE FROM {name}")  # noqa: S608 - our own names


def reset_sequences(tables: Iterable[type[models.Model]]) -> None:
    """The next key of every table follows the last one that is there."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(tables)):
            cursor.execute(statement)


def drop_tables() -> None:
    """Take away every table of ours; others in the same PostgreSQL database stay."""
    labels = {config.label for config in apps.get_app_configs()}
    with connection.cursor() as cursor:
        ours = [
            connection.ops.quote_name(name)
            for name in connection.introspection.table_names(cursor)
            if name == "django_migrations" or any(name.startswith(f"{label}_") for label in labels | {"django"})
        ]
        if ours:
            cursor.execute(f"DROP TABLE {', '.join(ours)} CASCADE")

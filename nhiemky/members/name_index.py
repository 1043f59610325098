"""The index by which persons are found by words of their names, without accents, in any order.

PostgreSQL indexes the column itself. SQLite has a table of words beside it (FTS5), which triggers of the database
keep, because imports and restores write many rows at once; whenever they were lost, the table is made anew.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import DatabaseError, connection, connections
from django.db.models import BooleanField, F, Func, Q
from django.db.models.expressions import RawSQL

from nhiemky.members.models import Person
from nhiemky.rules.vietnamese import fold

TABLE = "members_person_words"
_FORGET = f"INSERT INTO {TABLE}({TABLE}, rowid, folded) VALUES ('delete', old.id, old.folded);"  # noqa: S608 - our own name
_LEARN = f"INSERT INTO {TABLE}(rowid, folded) VALUES (new.id, new.folded);"  # noqa: S608 - as above
_TRIGGERS = {
    "insert": f"AFTER INSERT ON members_person BEGIN {_LEARN} END",
    "delete": f"AFTER DELETE ON members_person BEGIN {_FORGET} END",
    "update": f"AFTER UPDATE OF folded ON members_person WHEN old.folded <> new.folded BEGIN {_FORGET} {_LEARN} END",
}
_SQLITE = (
    f"CREATE VIRTUAL TABLE IF NOT EXISTS {TABLE} USING fts5(folded, content='members_person', content_rowid='id', "
    "tokenize='unicode61 remove_diacritics 0', prefix='1 2 3', columnsize=0)"
)
_POSTGRESQL_NAMED = "to_tsvector('simple', members_person.folded) @@ to_tsquery('simple', %s)"
_POSTGRESQL = (
    f"CREATE INDEX IF NOT EXISTS {TABLE} ON members_person USING gin (to_tsvector('simple', folded))",
    # the order of names is made by us, letter by letter; no collation of the server may change it
    'CREATE INDEX IF NOT EXISTS members_person_in_order ON members_person (sort_key COLLATE "C", id)',
)


def make(using: str = "default") -> None:
    """The index is there, and knows every person."""
    with connections[using].cursor() as cursor:
        if connections[using].vendor == "postgresql":
            for statement in _POSTGRESQL:
                cursor.execute(statement)
            return
        cursor.execute(_SQLITE)
        lost = _lost(cursor)
        for name in lost:
            cursor.execute(f"CREATE TRIGGER {TABLE}_{name} {_TRIGGERS[name]}")
        if lost or not _is_whole(cursor):
            cursor.execute(f"INSERT INTO {TABLE}({TABLE}) VALUES ('rebuild')")  # noqa: S608 - as above


@contextmanager
def learning_together() -> Iterator[None]:
    """Inside a transaction: the new persons of one large insertion are learned in one statement after it.

    A trigger is a statement of its own for each of them, and FTS5 puts a statement's words on disk before the next.
    """
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM members_person")
        last = cursor.fetchone()[0]
        cursor.execute(f"DROP TRIGGER {TABLE}_insert")
        yield
        learn = f"INSERT INTO {TABLE}(rowid, folded) SELECT id, folded FROM members_person WHERE id > %s"  # noqa: S608 - our own name
        cursor.execute(learn, [last])
        cursor.execute(f"CREATE TRIGGER {TABLE}_insert {_TRIGGERS['insert']}")


def after_migrating(using: str, **_given: Any) -> None:
    """Receiver of `post_migrate`: SQLite loses a table's triggers whenever a column of it is changed."""
    with connections[using].cursor() as cursor:
        there = "folded" in _columns(connections[using], cursor)
    if there:
        make(using)


def faults() -> Iterator[str]:
    """Persons by code whose words are not those of their name; empty for an index that is not as its table is."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT count(*) FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid "
                "WHERE relname = %s AND indisvalid AND indisready", [TABLE]
            )  # fmt: skip
            if cursor.fetchone() != (1,):
                yield ""
        elif not _is_whole(cursor):
            yield ""
    for code, name, folded in Person.objects.values_list("code", "name", "folded").iterator():
        if folded != fold(name):
            yield code


def words_of(text: str) -> list[str]:
    """What is looked for in names: words without accents, each perhaps only begun."""
    return re.findall(r"[^\W_]+", fold(text))[:8]


Words = Sequence[tuple[str, bool]]


def persons_named(words: Words, most: int) -> list[int]:
    """The ids of so many persons at most in whose names every word stands, whole or begun, in any order."""
    if not words:
        return []
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sql = f"SELECT id FROM members_person WHERE {_POSTGRESQL_NAMED} LIMIT %s"  # noqa: S608 - our own words
        else:
            sql = f"SELECT rowid FROM {TABLE} WHERE {TABLE} MATCH %s LIMIT %s"  # noqa: S608 - our own name
        cursor.execute(sql, [_asked(words), most])
        return [found for (found,) in cursor.fetchall()]


def expected(words: Words, most: int) -> int:
    """How many persons are named so, counted no further than `most`; about how many, where an engine knows roughly."""
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            counted = f"SELECT rowid FROM {TABLE} WHERE {TABLE} MATCH %s LIMIT %s"  # noqa: S608 - our own name
            cursor.execute(f"SELECT count(*) FROM ({counted})", [_asked(words), most])  # noqa: S608 - as above
            return int(cursor.fetchone()[0])
        cursor.execute(
            f"EXPLAIN (FORMAT JSON) SELECT id FROM members_person WHERE {_POSTGRESQL_NAMED}",  # noqa: S608 - our own words
            [_asked(words)],
        )
        plan = cursor.fetchone()[0]
        return int((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]["Plan Rows"])


def is_named(words: Words) -> Q:
    """The same asked of the rows of persons, as the engine's index answers it."""
    if connection.vendor != "postgresql":
        named = f"SELECT rowid FROM {TABLE} WHERE {TABLE} MATCH %s"  # noqa: S608 - our own name
        return Q(pk__in=RawSQL(named, [_asked(words)]))  # noqa: S611 - bound
    return Q(RawSQL(_POSTGRESQL_NAMED, [_asked(words)], output_field=BooleanField()))  # noqa: S611 - bound


def _asked(words: Words) -> str:
    if connection.vendor == "postgresql":
        return " & ".join(word if whole else f"{word}:*" for word, whole in words)
    return " ".join(f'"{word}"' if whole else f'"{word}"*' for word, whole in words)


def one_of(field: str, ids: Iterable[int]) -> Q:
    """The field is one of so many ids as no statement takes one by one."""
    if connection.vendor == "postgresql":
        # looked up in a table of hashes, where a sub-query would be gone through for every row
        those = RawSQL("%s::bigint[]", [list(ids)])
        return Q(Func(F(field), those, template="%(expressions)s", arg_joiner=" = ANY ", output_field=BooleanField()))
    return Q(**{f"{field}__in": RawSQL("SELECT value FROM json_each(%s)", [str(list(ids))])})


def _lost(cursor: Any) -> list[str]:
    cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'members_person'")
    there = {name for (name,) in cursor.fetchall()}
    return [name for name in _TRIGGERS if f"{TABLE}_{name}" not in there]


def _is_whole(cursor: Any) -> bool:
    if _lost(cursor):
        return False
    try:
        cursor.execute(f"INSERT INTO {TABLE}({TABLE}, rank) VALUES ('integrity-check', 1)")  # noqa: S608 - as above
    except DatabaseError:
        return False
    return True


def _columns(on: Any, cursor: Any) -> set[str]:
    if Person._meta.db_table not in on.introspection.table_names(cursor):
        return set()
    return {column.name for column in on.introspection.get_table_description(cursor, Person._meta.db_table)}

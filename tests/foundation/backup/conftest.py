"""Installations of their own for tests that start, stop and kill programs: on SQLite a folder, on PostgreSQL a database."""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from django.db import connection

from tests.foundation.backup.installation import Installation, evidence

New = Callable[..., Installation]
_numbers = itertools.count(1)


def _dsn(name: str) -> str:
    about = connection.settings_dict
    host = about["HOST"] or about["OPTIONS"].get("host", "")
    login = about["USER"] + (f":{about['PASSWORD']}" if about["PASSWORD"] else "")
    if host.startswith("/"):
        return f"postgresql://{login}@/{name}?host={host}"
    return f"postgresql://{login}@{host}:{about['PORT'] or 5432}/{name}"


def _on_server(statement: str) -> None:
    with psycopg.connect(_dsn("postgres"), autocommit=True) as server:
        server.execute(statement)


@pytest.fixture(scope="session")
def new(tmp_path_factory: pytest.TempPathFactory) -> Iterator[New]:
    """`new()` is an empty installation; `new(like=other)` is a copy of another that nobody uses.

    `anew`: every command of it begins with nothing loaded.
    """
    made: list[str] = []

    def make(like: Installation | None = None, *, anew: bool = False) -> Installation:
        var = tmp_path_factory.mktemp("installation")
        if like:
            shutil.copytree(like.var, var, dirs_exist_ok=True)
        if connection.vendor != "postgresql":
            return Installation(var, anew=anew)
        name = f"care_{os.getpid()}_{next(_numbers)}"
        template = f" TEMPLATE {urlsplit(like.database).path[1:]}" if like else ""
        _on_server(f"CREATE DATABASE {name}{template}")
        made.append(name)
        return Installation(var, _dsn(name), anew)

    yield make
    # a server that was begun for the tests is thrown away as a whole
    for name in made if os.environ.get("NHIEMKY_TEST_DSN") else ():
        _on_server(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def seeded(new: New) -> Installation:
    """The demonstration with some files of evidence. Copy it; never work in it."""
    installation = new()
    installation.run("demo", "--small")
    evidence(installation.var, 30, 20_000)
    return installation


@pytest.fixture(scope="session")
def kept(seeded: Installation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of `seeded`."""
    path = tmp_path_factory.mktemp("kept") / "b.zip"
    seeded.run("backup", str(path))
    return path

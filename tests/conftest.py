"""Shared by all tests: the right engine, and the demonstration in the test database."""

from __future__ import annotations

import gc
import os
import tempfile
from pathlib import Path
from typing import Any

import pytest

# Every program that a test starts would otherwise compile everything again, which takes longer than what it does.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
os.environ["PYTHONPYCACHEPREFIX"] = str(Path(tempfile.gettempdir()) / "nhiemky-pycache")


def pytest_sessionstart(session: pytest.Session) -> None:
    from django.conf import settings
    from django.db import connection

    wanted = os.environ.get("NHIEMKY_TEST_ENGINE", connection.vendor)
    if wanted != connection.vendor:
        # A run that says PostgreSQL and silently tests SQLite would prove nothing.
        pytest.exit(
            f"NHIEMKY_TEST_ENGINE is {wanted}, yet the database is {connection.vendor}. "
            "Run: python -m tests.engines -- python -m pytest -m both_engines",
            returncode=4,
        )
    # Hashing well takes a tenth of a second each time; the tests are about other things, but one that asks for it.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    _find_static_files_once()


def _find_static_files_once() -> None:
    """A server looks for its static files when it starts; here every client is a server, and would look again."""
    from whitenoise.middleware import WhiteNoiseMiddleware

    look, found = WhiteNoiseMiddleware.add_files_from_finders, {}

    def once(self: Any) -> None:
        if not found:
            look(self)
            found.update(self.files)
        self.files.update(found)

    WhiteNoiseMiddleware.add_files_from_finders = once


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: Any, django_db_blocker: Any) -> None:
    """Every test finds the demonstration as far as it is written by hand: the ledger cannot be emptied between tests.

    The years of work that are drawn around it are loaded by the tests that are about them.
    """
    from django.conf import settings

    from nhiemky.config.demo import make_demo
    from nhiemky.foundation import clock

    with django_db_blocker.unblock():
        make_demo(settings.DATA_DIR, clock.today(), whole=False)
    # what is there now stays to the end: nobody need look through it again and again for what may be thrown away
    gc.collect()
    gc.freeze()


@pytest.fixture
def clerk(db: Any) -> Any:
    """Whoever may do everything: the account of the command line."""
    from nhiemky.foundation.models import User

    return User.objects.get(username="dong-lenh")

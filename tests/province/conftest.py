"""The whole fictional province, loaded once for the tests about it and taken back after them."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker


@pytest.fixture(scope="package")
def seconds_of_loading(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[float]:
    """Every test runs in a savepoint inside this transaction; at the end nothing of it was ever there."""
    from django.conf import settings

    from nhiemky.config.demo import make_demo
    from nhiemky.foundation import clock

    with django_db_blocker.unblock():
        around = transaction.atomic()
        around.__enter__()
        before = time.process_time()
        make_demo(settings.DATA_DIR, clock.today())
        took = time.process_time() - before
    yield took
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        around.__exit__(None, None, None)


@pytest.fixture
def province(seconds_of_loading: float, db: None) -> float:
    return seconds_of_loading

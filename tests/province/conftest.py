"""The whole fictional province, loaded once for the tests about it and taken back after them."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from pytest_django.plugin import DjangoDbBlocker

from tests.factories import taken_back


@pytest.fixture(scope="package")
def seconds_of_loading(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[float]:
    from django.conf import settings

    from nhiemky.config.demo import make_demo
    from nhiemky.foundation import clock

    def load() -> float:
        before = time.process_time()
        make_demo(settings.DATA_DIR, clock.today())
        return time.process_time() - before

    yield from taken_back(django_db_blocker, load)


@pytest.fixture
def province(seconds_of_loading: float, db: None) -> float:
    return seconds_of_loading

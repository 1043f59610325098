"""The demonstration, loaded once for all tests of the web room and taken back after them."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.utils.functional import cached_property
from pytest_django.plugin import DjangoDbBlocker

from tests.factories import taken_back

SUOI_MONG, PERIOD = "hc-suoi-mong", "2018-2023"


class Cast(SimpleNamespace):
    """The people of these tests by log-in, and what was made for them."""

    @cached_property
    def today(self):
        from nhiemky.foundation import clock

        return clock.today()


@pytest.fixture(scope="package")
def cast(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Cast]:
    yield from taken_back(django_db_blocker, _make)


def _make() -> Cast:
    from nhiemky.foundation.actions import create_user
    from nhiemky.foundation.models import User
    from nhiemky.foundation.roles import Role
    from nhiemky.reports.actions import issue_report
    from nhiemky.units.actions import give_grant
    from nhiemky.units.models import Unit
    from nhiemky.units.queries import period_named

    cast = Cast()
    by = User.objects.get(username="quan-tri")
    unit = Unit.objects.get(code=SUOI_MONG)
    owner = create_user(by=by, username="suoi-mong", display_name="Cán bộ Suối Mộng", password="mat-khau-dai-du")
    give_grant(by=by, unit=unit, user=owner, role=Role.OFFICER, below=True, starts_on=cast.today)
    cast.users = {user.username: user for user in User.objects.all()}
    cast.unit = unit
    cast.document = issue_report(
        by=owner, unit=unit, period=period_named(unit, PERIOD), number="01/BC", today=cast.today
    )
    return cast


@pytest.fixture
def client_of(cast: Cast, db: None) -> Callable[..., Client]:
    """`client_of("nho-quan")` is signed in as that person; `client_of()` is a stranger."""

    def sign_in(login: str = "", **given: Any) -> Client:
        client = Client(**given)
        if login:
            client.force_login(cast.users[login], backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in

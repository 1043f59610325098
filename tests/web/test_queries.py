"""No page asks the database more often when it has more to show."""

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.plugin import DjangoDbBlocker

from nhiemky.figures.queries.material import forget
from nhiemky.web.charts import views as charts
from tests.factories import rolled_back, taken_back
from tests.web.conftest import Cast

pytestmark = pytest.mark.both_engines


PATHS = (
    "/",
    "/don-vi/?goc=x-huyen",
    "/don-vi/?q=x",
    "/don-vi/x-huyen/",
    "/don-vi/x-huyen/lich-su/",
    "/don-vi/x-huyen/?xem=so-ke",
    "/don-vi/x-huyen/?xem=viec&loai=hardship&nam=2024&q=ho+tro",
    "/don-vi/x-huyen/viec/excel/",
    "/don-vi/x-huyen/ghi-viec/",
    "/don-vi/x-huyen/ghi-viec/?viec=visit",
    "/don-vi/x-huyen/ke-khai/",
    "/ghi-viec/?chon=1",
    "/don-vi/x-huyen/bao-cao/2024-2029/",
    "/don-vi/x-huyen/chi-tieu/2024-2029/",
    "/don-vi/x-huyen/chi-tieu/2024-2029/moi/",
    "/don-vi/x-huyen/bieu-do/cham-lo/",
    "/don-vi/x-huyen/bieu-do/chi-tieu/",
    "/don-vi/x-huyen/bieu-do/co-cau/",
    "/don-vi/x-huyen/bieu-do/cap-duoi/",
    "/don-vi/x-huyen/bieu-do/cap-duoi/?so-lieu=union_members",
    "/so-lieu/hardship_support_visits/x-huyen/?tu=2024&den=2028",
    "/so-lieu/workers_unionised_pct/x-huyen/?tu=2024&den=2028",
    "/so-lieu/hardship_support_visits/x-huyen/excel/?tu=2024&den=2028",
    "/so-lieu/union_members/x-huyen/?tu=2024&den=2028",
    "/so-lieu/register_members/x-huyen/?tu=2024&den=2028",
    "/so-lieu/new_members_admitted/x-huyen/?tu=2024&den=2028",
    "/so-lieu/persons_supported/x-huyen/?tu=2024&den=2028",
    "/so-lieu/register_members/x-huyen/excel/?tu=2024&den=2028",
    "/don-vi/x-cu/bao-cao/2024/?cay=2023-11-01",
    "/don-vi/x-cu/bieu-do/cham-lo/?tu=2024&den=2024&cay=2023-11-01",
    "/don-vi/x-cu/bieu-do/cap-duoi/?so-lieu=union_members&tu=2024&den=2024&cay=2023-11-01",
    "/so-lieu/hardship_support_visits/x-cu/?tu=2024&den=2024&cay=2023-11-01",
    "/so-lieu/union_members/x-cu/?tu=2024&den=2024&cay=2023-11-01",
    "/so-lieu/hardship_support_visits/x-cu/excel/?tu=2024&den=2024&cay=2023-11-01",
    "/don-vi/x-huyen/doan-vien/tinh-theo-so/?tu=1/1/2025",
    "/van-ban/",
    "/don-vi/x-huyen/nguoi-dung/",
    "/sao-luu/",
    "/don-vi/x-huyen/chuc-danh/",
    "/don-vi/x-huyen/chuc-danh/ban/bch/",
)


def growing(cast: Cast) -> Callable[[int], None]:
    """Adds units below a unit of its own, each with an entry, a statement and an issued document, and targets."""
    from nhiemky.documents.models import IssuedDocument
    from nhiemky.figures.actions import adopt_target
    from nhiemky.foundation import clock
    from nhiemky.foundation.models import User
    from nhiemky.foundation.roles import Role
    from nhiemky.ledger.actions import record_entry, record_statement
    from nhiemky.ledger.checks import Money
    from nhiemky.members.actions import begin_register, enter_person, fill_post_with_new, join_unit
    from nhiemky.rules.indicators import Count
    from nhiemky.rules.quantities import Quantity
    from nhiemky.rules.targets import Aim, Basis
    from nhiemky.rules.timeline import Span
    from nhiemky.units.actions import found_unit, give_grant, invite, open_term, place_unit

    by, today = cast.users["quan-tri"], cast.today
    life, year = Span(date(2000, 1, 1), None), Span(date(2024, 1, 1), date(2025, 1, 1))
    day = Span.on(date(2024, 5, 1))

    def unit(code: str, name: str, kind: str, block: str = "") -> Any:
        return found_unit(by=by, code=code, name=name, short=name, kind=kind, block=block, life=life)

    top, former = unit("x-huyen", "LĐLĐ huyện X", "district"), unit("x-cu", "LĐLĐ huyện X cũ", "district")
    moved = date(2023, 12, 1)
    open_term(by=by, unit=top, label="2024–2029", period=Span(date(2024, 1, 1), date(2029, 1, 1)))
    made = 0

    def entry_of(owner: Any, *people: Any) -> None:
        record_entry(
            by=by, unit=owner, kind="hardship", period=day, today=today,
            counts=[Count("luot", Quantity(3))], money=[Money(Quantity(1_000_000))], people=people,
        )  # fmt: skip

    def post_of(owner: Any, name: str) -> None:
        fill_post_with_new(
            by=by, unit=owner, name=name, body="bch", role="member", mandate="elected", valid=Span(date(2024, 1, 1), None)
        )  # fmt: skip

    def add(count: int) -> None:
        nonlocal made
        for at in range(made, made + count):
            below = unit(f"x-{at:03d}", f"CĐCS X {at}", "grassroots", "hcsn")
            place_unit(by=by, unit=below, parent=former, valid=Span(life.starts_on, moved))
            place_unit(by=by, unit=below, parent=top, valid=Span(moved, None))
            give_grant(by=by, unit=below, user=cast.users["nho-quan"], role=Role.OFFICER, below=False, starts_on=today)
            person = User.objects.create(username=f"x-{at}", display_name=f"Người {at}")
            give_grant(by=by, unit=top, user=person, role=Role.AUDITOR, below=True, starts_on=today)
            member = enter_person(by=by, unit=below, name=f"Trần Thị Mơ {at}")
            join_unit(by=by, unit=below, person=member, valid=Span(day.starts_on, None), joining="individual")
            begin_register(by=by, unit=below, begins_on=date(2024, 1, 1))
            entry_of(below, member)
            invite(by=by, unit=top, role=Role.OFFICER, below=False, for_whom=f"Người {at}")
            for owner in (top, below):
                entry_of(owner)
                for subject in ("members", "workers"):
                    record_statement(
                        by=by, unit=owner, subject=subject, period=day, today=today, value=Quantity(10 + at)
                    )
            post_of(top, f"Người Giữ Chức {at}")
            adopt_target(
                by=by, unit=top, indicator="hardship_support_visits", aim=Aim.GTE, basis=Basis.YEARLY,
                period=Span(date(2024, 1, 1), date(2029, 1, 1)) if at % 2 else year, low=Decimal(5),
            )  # fmt: skip
            IssuedDocument.objects.create(
                kind="term_report", unit=top.code, title=f"Báo cáo {at}", contents={"period_key": "2024-2029"},
                records_digest="0" * 64, issued_at=clock.now(), issued_by=by,
            )  # fmt: skip
        made += count

    return add


@pytest.fixture(scope="module")
def asked(cast: Cast, django_db_blocker: DjangoDbBlocker) -> Iterator[dict[str, list[Any]]]:
    """Path -> how often its page asks with 10 rows and with 20; in the place of a number the fault that it met."""
    yield from taken_back(django_db_blocker, lambda: _asked(cast))


def _asked(cast: Cast) -> dict[str, list[Any]]:
    grow = growing(cast)
    grow(10)
    found: dict[str, list[Any]] = {path: [] for path in PATHS}
    for more in (0, 10):
        grow(more)
        for path, counts in found.items():
            # whatever a page writes is taken back before the next
            with rolled_back():
                try:
                    counts.append(_queries(cast, path, first=not more))
                except Exception as fault:
                    counts.append(fault)
    return found


def _queries(cast: Cast, path: str, *, first: bool) -> int:
    client = Client()
    client.force_login(
        cast.users["nho-quan" if path == "/" else "quan-tri"], backend="django.contrib.auth.backends.ModelBackend"
    )
    if first:
        # what a server reads once in its life is no matter here
        client.get(path)
    forget()
    charts.forget()
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


@pytest.mark.parametrize("path", PATHS)
def test_queries_do_not_grow_with_rows(
    asked: dict[str, list[Any]], db: None, path: str, record_property: Callable[[str, object], None]
) -> None:
    counts = asked[path]
    for count in counts:
        if isinstance(count, Exception):
            raise count
    record_property("queries", counts[0])
    assert counts[1] <= counts[0], f"{path}: {counts[0]} queries with 10 rows, {counts[1]} with 20"
    # beside what was asked on the tree of a day a page shows it on the tree as it was: two materials are read
    assert counts[0] <= (60 if "cay=" in path else 40)

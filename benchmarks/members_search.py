"""Searching and listing among a million persons, beside what `icontains` does; the limit is 50 ms of work at the median.

    .venv/bin/python -m benchmarks.members_search [PERSONS]
    .venv/bin/python -m tests.engines -- .venv/bin/python -m benchmarks.members_search [PERSONS]

Makes a database of its own: one province, 100 communes, 4,000 grassroots units, and persons with the names, and about
the frequencies of names, that people here have. Each question is asked 40 times with other words; the page of 50 rows
and its line of sums are two figures, since a page asks both. “busy” is what processors did for the question, here and
in the server: what it costs whatever else the machine does, and what is held to the limit. The peer is the usual `name__icontains` and OFFSET.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

LIMIT = 0.050
TIMES, PAGE = 40, 50
DAY = date(2026, 6, 1)
FAMILY = {
    "Nguyễn": 31, "Trần": 11, "Lê": 10, "Phạm": 7, "Hoàng": 5, "Huỳnh": 4, "Phan": 5, "Vũ": 4, "Võ": 4, "Đặng": 3,
    "Bùi": 3, "Đỗ": 3, "Hồ": 2, "Ngô": 2, "Dương": 2, "Lý": 1, "Đinh": 1, "Trương": 1, "Lâm": 1, "Mai": 1,
}  # fmt: skip
MIDDLE = {
    "Thị": 35, "Văn": 20, "Thị Thu": 4, "Ngọc": 5, "Minh": 5, "Thanh": 5, "Hữu": 3, "Đức": 4, "Quang": 3, "Thị Ngọc": 3,
    "Xuân": 3, "Thị Kim": 2, "Hoàng": 2, "Đình": 2, "Thị Mỹ": 2, "Công": 2,
}  # fmt: skip
GIVEN = [
    "Anh",
    "Ánh",
    "Bình",
    "Bích",
    "Châu",
    "Chi",
    "Chung",
    "Cúc",
    "Cường",
    "Diễm",
    "Dung",
    "Dũng",
    "Duyên",
    "Duy",
    "Dương",
    "Đạt",
    "Đào",
    "Đông",
    "Đức",
    "Giang",
    "Hà",
    "Hạnh",
    "Hằng",
    "Hải",
    "Hậu",
    "Hiền",
    "Hiếu",
    "Hiệp",
    "Hoa",
    "Hòa",
    "Hoài",
    "Hoàng",
    "Hồng",
    "Huệ",
    "Hùng",
    "Huy",
    "Huyền",
    "Hưng",
    "Hương",
    "Hường",
    "Khánh",
    "Khoa",
    "Kiên",
    "Lan",
    "Lâm",
    "Liên",
    "Linh",
    "Loan",
    "Long",
    "Lộc",
    "Lợi",
    "Luyến",
    "Ly",
    "Mai",
    "Mạnh",
    "Mến",
    "Minh",
    "My",
    "Nam",
    "Nga",
    "Ngân",
    "Nghĩa",
    "Ngọc",
    "Nguyên",
    "Nguyệt",
    "Nhàn",
    "Nhi",
    "Nhung",
    "Oanh",
    "Phong",
    "Phú",
    "Phúc",
    "Phương",
    "Phượng",
    "Quân",
    "Quang",
    "Quyên",
    "Quỳnh",
    "Sáng",
    "Sơn",
    "Sương",
    "Tài",
    "Tâm",
    "Tân",
    "Thảo",
    "Thanh",
    "Thành",
    "Thắm",
    "Thắng",
    "Thêu",
    "Thịnh",
    "Thoa",
    "Thơm",
    "Thu",
    "Thúy",
    "Thủy",
    "Thư",
    "Thương",
    "Tiến",
    "Toàn",
    "Trang",
    "Trâm",
    "Trinh",
    "Trung",
    "Trúc",
    "Tú",
    "Tuấn",
    "Tuyết",
    "Tùng",
    "Uyên",
    "Vân",
    "Việt",
    "Vinh",
    "Vy",
    "Xuân",
    "Yến",
    "Ý",
    "Đan",
    "Đoan",
]


def main(persons: int = 1_000_000) -> int:
    dsn = os.environ.get("NHIEMKY_DATABASE", "")
    with tempfile.TemporaryDirectory(prefix="nhiemky-benchmark-") as name:
        os.environ["NHIEMKY_VAR"] = name
        if dsn:
            from benchmarks.backup import _database

            os.environ["NHIEMKY_DATABASE"] = _database(dsn, "benchmark_search")
        else:
            os.environ["NHIEMKY_DATABASE"] = f"sqlite:///{name}/search.sqlite3"
        subprocess.run([sys.executable, "-m", "nhiemky.config.command", "migrate"], check=True)
        os.environ["DJANGO_SETTINGS_MODULE"] = "nhiemky.config.settings"
        import django

        django.setup()
        begun = time.perf_counter()
        made = _fill(persons)
        print(f"{'PostgreSQL' if dsn else 'SQLite'}: {persons:,} persons made in {time.perf_counter() - begun:.0f} s")
        slow = _measure(*made)
    return int(slow)


def _fill(persons: int) -> tuple[list[int], list[int], list[str]]:
    """Ids of the grassroots units, of the communes, and some names that are there."""
    from django.db import connection, transaction

    from nhiemky.foundation.backup.rows import _FILL
    from nhiemky.foundation.models import User
    from nhiemky.members.models import Membership, Person
    from nhiemky.units.models import Placement, Unit

    clerk = User.objects.get(username="dong-lenh")
    draw = random.Random(4)  # noqa: S311 - no secret
    at = "2026-01-01 00:00:00+00:00"
    Unit.objects.bulk_create(Unit(pk=n, code=f"u{n}") for n in range(1, 4102))
    Placement.objects.bulk_create(
        Placement(unit_id=n, parent_id=1 if n <= 101 else 2 + n % 100, recorded_at=at, recorded_by=clerk)
        for n in range(2, 4102)
    )
    names: list[str] = []
    lots = _persons(persons, draw, names)
    person = ["code", "name", "sort_key", "folded", "born_on", "sex", "id_digest", "id_last_digest", "card", "job"]
    rest = {
        field.column: "" for field in Person._meta.concrete_fields
        if field.column not in person and field.get_internal_type() in ("CharField", "TextField")
    } | {"fictional": False, "foreigner": False, "born_precision": "day", "union_since_precision": "day"}  # fmt: skip
    member = {
        "code": "", "person_id": 0, "unit_id": 0, "starts_on": "", "start_precision": "day", "end_precision": "day",
        "recorded_at": at, "recorded_by_id": clerk.pk, "joining": "", "leaving": "", "decision": "",
        "leaving_decision": "",
    }  # fmt: skip
    fill = _FILL[connection.vendor]
    with transaction.atomic():
        while lot := list(islice(lots, 20_000)):
            first = int(lot[0][0])
            fill(Person._meta.db_table, ["id", *person, *rest], iter([*row, *rest.values()] for row in lot))
            links = (
                member | {"code": f"m{n}", "person_id": n, "unit_id": 102 + draw.randrange(4000),
                          "starts_on": str(date(2015, 1, 1) + timedelta(days=draw.randrange(4000)))}
                for n in range(first, first + len(lot))
            )  # fmt: skip
            fill(Membership._meta.db_table, list(member), (list(each.values()) for each in links))
    if connection.vendor == "postgresql":  # as its own servant does before long; SQLite has none
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    return list(range(102, 4102)), list(range(2, 102)), names


def _persons(count: int, draw: random.Random, names: list[str]) -> Iterator[list[Any]]:
    from functools import cache

    from nhiemky.members.particulars import id_digests
    from nhiemky.rules.vietnamese import fold, sort_key

    keyed, folded = cache(sort_key), cache(fold)
    weights = [1 / (15 + place) for place in range(len(GIVEN))]
    given = draw.choices(draw.sample(GIVEN, len(GIVEN)), weights, k=count)
    family = draw.choices(list(FAMILY), list(FAMILY.values()), k=count)
    middle = draw.choices(list(MIDDLE), list(MIDDLE.values()), k=count)
    for n, (one, two, three) in enumerate(zip(family, middle, given, strict=True), 1):
        before = f"{one} {two}"
        name = f"{before} {three}"
        if n % (count // 2000 or 1) == 0:
            names.append(name)
        digests = id_digests(f"{n * 7919 % 10**12:012d}")
        yield [
            n, f"p{n}", name, f"{keyed(three)} {keyed(before)}", f"{folded(before)} {folded(three)}",
            str(date(1965, 1, 1) + timedelta(days=n % 14000)), "female" if "Thị" in two else "male",
            digests["id_digest"], digests["id_last_digest"], f"DV{n:08d}", "Giáo viên",
        ]  # fmt: skip


def _measure(grassroots: list[int], communes: list[int], names: list[str]) -> bool:
    from nhiemky.members.models import Membership, Person
    from nhiemky.members.name_index import words_of
    from nhiemky.members.queries.register import Listing, Wanted

    draw = random.Random(9)  # noqa: S311 - no secret
    province = (1, *communes, *grassroots)
    half = tuple(grassroots[::2])

    def name() -> str:
        return draw.choice(names)

    def wanted(units: Any = province, **given: Any) -> Wanted:
        return Wanted(units, DAY, **given)

    def words(text: str) -> dict[str, Any]:
        return {"words": tuple(words_of(text))}

    deep = Person.objects.order_by("sort_key")[600_000 * Person.objects.count() // 1_000_000]
    questions: dict[str, Callable[[], tuple[Wanted, Person | None, Callable[[], Any] | None]]] = {}

    def ask(title: str, make: Callable[[], Wanted], after: Person | None = None, peer: Any = None) -> None:
        questions[title] = lambda: (found := make(), after, (lambda: peer(found)) if peer else None)

    held = Membership.objects.filter(superseded_at=None)

    def naive(text: str) -> Callable[[Wanted], Any]:
        return lambda asked: list(
            Person.objects.filter(memberships__unit__in=asked.units, name__icontains=text).order_by("name")[:PAGE]
        )

    def offset(start: int) -> Callable[[Wanted], Any]:
        return lambda asked: list(
            held.filter(unit__in=asked.units)
            .order_by("person__sort_key", "person")
            .values("person__name")[start : start + PAGE]
        )

    ask("whole name", lambda: wanted(**words(name())), peer=naive("Trần Thị Thu Lan"))
    ask("two words, any order", lambda: wanted(**words(" ".join(reversed(name().split()[::2])))), peer=naive("Lan"))
    ask("given name", lambda: wanted(**words(name().split()[-1])), peer=naive("Hương"))
    ask("beginning of a name", lambda: wanted(**words(f"{name()[:-1]}")), peer=naive("Nguyễn Thị H"))
    ask("most common word", lambda: wanted(**words("nguyen")), peer=naive("Nguyễn"))
    ask("name in a commune's units", lambda: wanted(tuple(grassroots[:40]), **words(name().split()[-1])))
    ask("CCCD, whole", lambda: wanted(number=f"{draw.randrange(1, 10**6) * 7919 % 10**12:012d}"))
    ask("CCCD, last four", lambda: wanted(last_four=f"{draw.randrange(10**4):04d}"))
    ask("card", lambda: wanted(card=f"DV{draw.randrange(10**6):08d}"))
    ask("unit, first page", lambda: wanted((draw.choice(grassroots),)), peer=offset(0))
    ask("province, first page", lambda: wanted(), peer=offset(0))
    ask("province, deep page", lambda: wanted(), deep, peer=offset(600_000))
    ask("half a province, deep", lambda: wanted(half), deep)
    ask("province, women", lambda: wanted(sex="female"), deep)
    ask("nobody of that name", lambda: wanted(**words("nguyen xyz")))
    print(f"{'':28}{'page p50':>10}{'p95':>8}{'busy p50':>10}{'p95':>8}{'and sum':>9}{'naive':>9}   milliseconds")
    slow = False
    for title, question in questions.items():
        pages, busy, sums, peers = [], [], [], []
        for at in range(TIMES):
            asked, after, peer = question()
            begun, used = time.perf_counter(), _processor()
            listing = Listing.of(asked)
            listing.page(after, PAGE)
            pages.append(time.perf_counter() - begun)
            busy.append(_processor() - used)
            listing.sum()
            sums.append(_processor() - used)
            if peer and at < 3:
                used = _processor()
                peer()
                peers.append(_processor() - used)
        figures = ((pages, 50, 10), (pages, 95, 8), (busy, 50, 10), (busy, 95, 8), (sums, 50, 9), (peers, 50, 9))
        print(
            f"{title:28}" + "".join(f"{_at(each, part) * 1000:{width}.1f}" for each, part, width in figures), flush=True
        )
        slow = slow or _at(busy, 50) > LIMIT
    return slow


def _processor() -> float:
    """Seconds that processors were busy for us, here and in the server of our connection."""
    from django.db import connection

    if connection.vendor == "sqlite":
        return time.process_time()
    connection.ensure_connection()
    return time.process_time() + int(
        Path(f"/proc/{connection.connection.info.backend_pid}/schedstat").read_text().split()[0]
    ) / 1e9  # fmt: skip


def _at(times: list[float], part: int) -> float:
    return sorted(times)[min(len(times) * part // 100, len(times) - 1)] if times else float("nan")


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))

"""What it takes to reorganise a province of 20,000 grassroots unions in one plan: laid out, previewed, applied, annulled.

    .venv/bin/python -m benchmarks.reforms [UNIONS]

120 districts end, 400 wards are founded, and every union moves to its ward. Rows are put in at once, not through the
actions: what is measured is the plan. Beside it the way of a person or a script without plans: one placement after the
other, for 200 unions, and how long that would take for all. On PostgreSQL with NHIEMKY_DATABASE set to an empty
database; else on SQLite in a folder of its own.
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any

DISTRICTS, WARDS, BY_HAND = 120, 400, 200
BEGAN, DAY, TODAY = date(2018, 1, 1), date(2025, 7, 1), date(2025, 12, 1)


def main(unions: int = 20_000) -> int:
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"NHIEMKY_VAR": folder, "DJANGO_SETTINGS_MODULE": "nhiemky.config.settings"}
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        _make(unions)
        _measure(unions)
    return 0


def _make(unions: int) -> None:
    """Every tenth union has twenty members in the register; all have entries and stated their members."""
    from nhiemky.foundation import clock
    from nhiemky.foundation.models import User
    from nhiemky.foundation.queries import COMMAND_LINE
    from nhiemky.ledger.models import Entry, EntryCount, Statement
    from nhiemky.members.models import Membership, Person, Post
    from nhiemky.rules.timeline import Span
    from nhiemky.rules.vietnamese import fold, sort_key
    from nhiemky.units.models import Placement, Term, Unit, UnitKind, UnitLife, UnitName

    by, luck, now = User.objects.get(username=COMMAND_LINE), Random(7), clock.now()  # noqa: S311 - made up
    known = {"starts_on": BEGAN, "recorded_at": now, "recorded_by": by}
    kinds = ["province"] + ["district"] * DISTRICTS + ["grassroots"] * unions
    codes = ["tinh"] + [f"huyen-{at}" for at in range(DISTRICTS)] + [f"cs-{at}" for at in range(unions)]
    units = _put(Unit(code=code, starts_on=BEGAN, fictional=True) for code in codes)
    _put(UnitLife(unit=unit, **known) for unit in units)
    names = [f"Công đoàn cơ sở Trường Tiểu học số {at}" for at in range(len(units))]
    _put(
        UnitName(unit=unit, name=name, short_name=name, folded=fold(f"{name} {unit.code}"), sort_key=sort_key(name), **known)
        for unit, name in zip(units, names, strict=True)
    )  # fmt: skip
    _put(UnitKind(unit=unit, kind=kind, block="", **known) for unit, kind in zip(units, kinds, strict=True))
    top, districts, grassroots = units[0], units[1 : DISTRICTS + 1], units[DISTRICTS + 1 :]
    _put(Placement(unit=unit, parent=top, **known) for unit in districts)
    _put(Placement(unit=unit, parent=districts[at % DISTRICTS], **known) for at, unit in enumerate(grassroots))
    _put(Term(unit=unit, label="2023-2028", **known | {"starts_on": date(2023, 3, 1)}) for unit in units)
    people = _put(
        Person(name=f"Người {at}", sort_key=f"{at:07}", folded=f"nguoi {at}", fictional=True)
        for at in range(unions * 2)
    )
    _put(
        Membership(person=person, unit=grassroots[at // 20 * 10 % unions], joining="individual", **known)
        for at, person in enumerate(people)
    )
    _put(
        Post(person=people[at], unit=unit, body="bch", role="member", mandate="elected", **known)
        for at, unit in enumerate(districts)
    )
    entries = []
    for unit in grassroots:
        entry = Entry(unit=unit, kind="tet_gifts", coverage="act", recorded_at=now, recorded_by=by)
        entry.span = Span.on(date(2024, 1, 20) + timedelta(days=luck.randint(0, 500)))
        entries.append(entry)
    _put(EntryCount(entry=entry, word="suat", value=luck.randint(1, 50)) for entry in _put(entries))
    stated = []
    for unit in grassroots:
        row = Statement(unit=unit, subject="members", value=luck.randint(10, 90), recorded_at=now, recorded_by=by)
        row.span = Span.on(date(2024, 12, 31))
        stated.append(row)
    _put(stated)


def _put(rows: Any) -> list[Any]:
    rows = list(rows)
    return list(type(rows[0]).objects.bulk_create(rows, batch_size=5_000))


def _rows(unions: int) -> list[Any]:
    from nhiemky.reforms.rows import Do, Row

    rows = [
        Row(Do.FOUND, f"phuong-{at}", "tinh", name=f"Công đoàn phường số {at} tỉnh mới", kind="ward")
        for at in range(WARDS)
    ]
    rows += [Row(Do.MOVE, f"cs-{at}", f"phuong-{at % WARDS}") for at in range(unions)]
    rows += [Row(Do.END, f"huyen-{at}") for at in range(DISTRICTS)]
    return [Row(**{**vars(row), "at": at}) for at, row in enumerate(rows, 1)]


def _measure(unions: int) -> None:
    from django.db import connection

    from nhiemky.foundation.models import User
    from nhiemky.foundation.queries import COMMAND_LINE
    from nhiemky.reforms.actions import annul_reorganisation, apply_reorganisation, draft_reorganisation
    from nhiemky.reforms.preview import previewed
    from nhiemky.reforms.queries.plan import Plan, laid_out
    from nhiemky.units.models import Unit

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    by, top, rows = User.objects.get(username=COMMAND_LINE), Unit.objects.get(code="tinh"), _rows(unions)
    print(f"{connection.vendor}: {unions} unions, {len(rows)} rows; seconds")
    hand = _timed("  by hand: one placement after the other, 200 unions", lambda: _by_hand(by))
    print(f"{hand / BY_HAND * unions:8.1f}  by hand, reckoned for all unions")
    plan = None

    def lay() -> None:
        nonlocal plan
        plan = laid_out(top, rows, DAY)

    _timed("laid out", lay)
    assert isinstance(plan, Plan), plan
    given = {"title": "Kết thúc cấp huyện", "day": DAY, "rows": rows}
    event = draft_reorganisation(by=by, unit=top, **given)
    heard: list[int] = []
    seen = None

    def preview() -> None:
        nonlocal seen
        seen = previewed(by=by, event=event, today=TODAY, tell=heard.append)

    total = _timed("previewed", preview)
    assert seen and not seen.faults and all(line.is_equal for line in seen.totals), seen
    total += _timed("applied", lambda: apply_reorganisation(by=by, event=event, today=TODAY, tell=heard.append))
    print(f"{total:8.1f}  previewed and applied; progress was heard of {len(heard)} times")
    _timed("annulled", lambda: annul_reorganisation(by=by, event=event, reason="Đo"))
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10} MiB")


def _timed(what: str, do: Callable[[], object]) -> float:
    start = time.perf_counter()
    do()
    took = time.perf_counter() - start
    print(f"{took:8.1f}  {what}", flush=True)
    return took


def _by_hand(by: Any) -> None:
    """Each edge ended and another begun; all of it is taken back."""
    from django.db import transaction

    from nhiemky.foundation import clock
    from nhiemky.rules.timeline import Span
    from nhiemky.units.actions import found_unit, place_unit
    from nhiemky.units.models import Placement, Unit

    with transaction.atomic():
        ward = found_unit(
            by=by, code="phuong-tay", name="Công đoàn phường", short="CĐ phường", kind="ward", life=Span(DAY, None)
        )
        place_unit(by=by, unit=ward, parent=Unit.objects.get(code="tinh"), valid=Span(DAY, None))
        for at in range(BY_HAND):
            unit = Unit.objects.get(code=f"cs-{at}")
            old = Placement.objects.get(unit=unit, superseded_at=None)
            Placement.objects.filter(pk=old.pk).update(superseded_at=clock.now())
            place_unit(by=by, unit=unit, parent=old.parent, valid=Span(BEGAN, DAY))
            place_unit(by=by, unit=unit, parent=ward, valid=Span(DAY, None))
        transaction.set_rollback(True)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))

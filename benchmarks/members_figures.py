"""What figures of a unit of 200,000 members on the register take: first asking after a write, warm, and opening.

    .venv/bin/python -m benchmarks.members_figures [MEMBERS]

Rows are put in at once, not through the actions: what is measured are the reads. On PostgreSQL with
NHIEMKY_DATABASE set to an empty database; else on SQLite in a folder of its own.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any

INDICATORS = (
    "union_members", "female_members", "register_members", "register_members_women", "register_members_under_31",
    "register_members_party", "new_members_admitted", "members_left", "register_joined_women", "register_arrived",
    "persons_visited",
)  # fmt: skip
FIRST, CUT = date(2020, 1, 1), date(2024, 1, 1)


def main(members: int = 200_000) -> int:
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"NHIEMKY_VAR": folder, "DJANGO_SETTINGS_MODULE": "nhiemky.config.settings"}
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        _measure(_made(members), members)
    return 0


def _made(members: int) -> Any:
    """A unit whose members joined over six years, a tenth left, a hundredth are two records of one person."""
    from nhiemky.foundation import clock
    from nhiemky.foundation.models import User
    from nhiemky.foundation.queries import COMMAND_LINE
    from nhiemky.ledger.models import Entry, EntryCount, EntryPerson
    from nhiemky.members.models import Membership, Person, RegisterBegun, Standing
    from nhiemky.rules.timeline import Span
    from nhiemky.units.actions import found_unit

    by, luck, now = User.objects.get(username=COMMAND_LINE), Random(4), clock.now()  # noqa: S311 - made up
    unit = found_unit(
        by=by, code="lon", name="Công đoàn lớn", short="CĐ lớn", kind="grassroots", block="dn_fdi",
        life=Span(None, None), fictional=True,
    )  # fmt: skip
    people = Person.objects.bulk_create(
        (
            Person(
                name=f"Nguyễn Văn {at}", sort_key=f"{at:07}", folded=f"nguyen van {at}",
                sex=luck.choice(["female", "male"]), born_on=date(luck.randint(1965, 2005), 1, 1), fictional=True,
            )
            for at in range(members)
        ),
        batch_size=5_000,
    )  # fmt: skip
    for at in range(100, members, 100):
        people[at].same_as = people[at - 1] if at else None
    Person.objects.bulk_update(people[::100], ["same_as"], batch_size=2_000)
    rows = []
    for person in people:
        start = FIRST + timedelta(days=luck.randint(0, 2_200))
        end = start + timedelta(days=luck.randint(30, 900)) if luck.random() < 0.1 else None
        rows.append(Membership(
            person=person, unit=unit, starts_on=start, ends_before=end, joining=luck.choice(["individual", "moved"]),
            leaving=luck.choice(["retired", "moved"]) if end else "", recorded_at=now, recorded_by=by,
        ))  # fmt: skip
    Membership.objects.bulk_create(rows, batch_size=5_000)
    Standing.objects.bulk_create(
        (
            Standing(person=person, kind="party", unit=unit, starts_on=FIRST, recorded_at=now, recorded_by=by)
            for person in people[::8]
        ),
        batch_size=5_000,
    )
    entries = []
    for _at in range(10_000):
        day = CUT + timedelta(days=luck.randint(0, 800))
        entry = Entry(unit=unit, kind="visit", coverage="act", recorded_at=now, recorded_by=by)
        entry.span = Span.on(day)
        entries.append(entry)
    Entry.objects.bulk_create(entries, batch_size=2_000)
    EntryCount.objects.bulk_create([EntryCount(entry=each, word="luot", value=2) for each in entries], batch_size=2_000)
    EntryPerson.objects.bulk_create(
        [EntryPerson(entry=each, position=at, person=luck.choice(people)) for each in entries for at in (1, 2)],
        batch_size=2_000,
    )
    RegisterBegun.objects.create(unit=unit, begins_on=CUT, recorded_at=now, recorded_by=by)
    return unit


def _measure(unit: Any, members: int) -> None:
    from django.db import connection

    from nhiemky.figures.definitions import definitions
    from nhiemky.figures.queries import Asked, evaluate, gather, open_figure
    from nhiemky.figures.queries.material import forget
    from nhiemky.rules.timeline import Span

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    period, today = Span.parse("2023..2026"), date(2026, 11, 24)
    asked = Asked(period, today)

    def ask(code: str) -> Any:
        return evaluate(definitions()[code], gather(unit, [period], today), asked)

    def first(what: Callable[[], Any]) -> float:
        times = []
        for _time in range(3):
            forget()
            times.append(_took(what))
        return sorted(times)[1]

    print(f"{members:,} members, {connection.vendor}")
    print(f"{first(lambda: gather(unit, [period], today)):9.0f} ms  everything read once, after a write")
    print(f"{'figure':>9} {'warm':>8} {'opened':>8} ms")
    for code in INDICATORS:
        forget()
        material = gather(unit, [period], today)
        alone = _took(lambda code=code: ask(code))
        warm = _took(lambda code=code: ask(code))
        figure = ask(code)
        opened = _took(lambda figure=figure, material=material: open_figure(figure, material, 100))
        value = getattr(figure.value, "value", None)
        print(f"{alone:9.0f} {warm:8.2f} {opened:8.0f}      {code}: {value}", flush=True)


def _took(what: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    what()
    return (time.perf_counter() - begun) * 1000


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))

"""Random small registers and ledgers: handed over to where they are not, and again from there, the file is the same."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from nhiemky.exchange.faults import FaultyFile
from nhiemky.exchange.whole.belonging import belonging_to
from nhiemky.figures.definitions import definitions
from nhiemky.figures.json import figure_json
from nhiemky.figures.queries import Asked, figure_of
from nhiemky.reports.check import every_fault
from nhiemky.rules.timeline import Span
from nhiemky.units.models import Unit
from nhiemky.units.queries import ever_below
from tests.exchange.test_whole import into, lines, out
from tests.factories import clerk, draws_all, law, rolled_back
from tests.figures import worlds as ledgers
from tests.figures.naive import LAST
from tests.members import persons_worlds as registers
from tests.members.naive import TODAY

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]
DRAWN: Counter[str] = Counter()


def figures(units: list[str]) -> list[Any]:
    asked = Asked(Span.parse("2024"), Span.parse("2024").last_day, None)
    tops = [Unit.objects.get(code=unit) for unit in units]
    return [figure_json(figure_of(code, top, asked, TODAY)[0]) for top in tops for code in list(definitions())[::9]]


def with_all_below(top: str, on: date) -> list[str]:
    """The units of which everything that ever stood below goes along: their figures can be the same there."""
    found = belonging_to(Unit.objects.get(code=top), on)
    units = Unit.objects.filter(pk__in=found.inside).order_by("pk")
    return [
        unit.code for unit in units
        if set(Unit.objects.filter(pk__in=ever_below(unit)).values_list("pk", flat=True)) <= found.inside
    ][:4]  # fmt: skip


def goes_over(write: Callable[[], Any], top: str, on: date) -> None:
    with tempfile.TemporaryDirectory() as name:
        here, there = Path(name) / "a.jsonl", Path(name) / "b.jsonl"
        with rolled_back():
            write()
            out(here, top, on)
            asked = with_all_below(top, on)
            said = figures(asked)
        with rolled_back():
            faults = set(every_fault(TODAY))
            try:
                into(here)
            except FaultyFile as faulty:
                raise AssertionError(faulty) from faulty
            out(there, top, on)
            DRAWN["figures"] += len(asked)
            assert figures(asked) == said
            assert not {fault for fault in set(every_fault(TODAY)) - faults if fault.place.startswith("table")}
        assert there.read_bytes() == here.read_bytes()
        for line in lines(here):
            DRAWN[line["type"]] += 1
            DRAWN.update(name for name in ("replaces", "superseded_at", "undone_at", "cancels") if name in line)


@law(registers.worlds(), examples=8, smaller=registers.smaller_worlds)
def check_a_register_goes_over(world: registers.World) -> None:
    def write() -> None:
        registers.found()
        registers.Written(world, counted=True)

    goes_over(write, "reg-r", TODAY)


@law(ledgers.worlds(), examples=5)
def check_a_ledger_goes_over(world: dict[str, Any]) -> None:
    goes_over(lambda: ledgers.write(world, ledgers.found_units(), clerk()), "world-r", LAST)


@pytest.mark.parametrize("each", [check_a_register_goes_over, check_a_ledger_goes_over], ids=str)
def test_a_world_goes_over(each: Any) -> None:
    DRAWN.clear()
    each.hold()
    hard = (
        {"superseded_at", "undone_at", "transfer", "register"}
        if each is check_a_register_goes_over
        else {"cancels", "statement"}
    )
    rare = [name for name in {*hard, "replaces", "figures"} if DRAWN[name] < 2]
    assert not (rare and draws_all()), f"Drawn too seldom to prove anything: {rare} of {DRAWN}"


@pytest.mark.parametrize("bug", ["superseded_at", "replaces", "money"])
def test_a_planted_bug_is_caught(bug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A column or a part that is written and not read."""
    from nhiemky.exchange.whole import taking

    usual = taking.Taker._insert_all

    def forgets(self: Any, record: Any, pairs: Any, prepared: Any) -> None:
        at = ["id", *record.fields].index(bug) if bug in record.fields else 0
        done = [[None if place == at and at else value for place, value in enumerate(row)] for row in prepared]
        for _pk, row in pairs:
            for number, part in enumerate(record.parts):
                if part.name == bug:
                    row.parts[number], row.given[bug] = [], []
        usual(self, record, pairs, done)

    monkeypatch.setattr(taking.Taker, "_insert_all", forgets)
    broken = check_a_ledger_goes_over if bug == "money" else check_a_register_goes_over
    assert broken.is_broken_within(8)

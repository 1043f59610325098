"""A union that went through a reorganisation is loaded elsewhere: command line and screens answer as they did here."""

from __future__ import annotations

import json
import re
from datetime import date
from html import unescape
from pathlib import Path

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from nhiemky.config.command import main
from nhiemky.documents.models import IssuedFile
from nhiemky.foundation.roles import Role
from nhiemky.ledger.actions import record_entry
from nhiemky.reforms.actions import annul_reorganisation, apply_reorganisation, draft_reorganisation
from nhiemky.reforms.rows import Do, Row
from nhiemky.reports.actions import issue_report
from nhiemky.rules.indicators import Count
from nhiemky.rules.quantities import Quantity
from nhiemky.rules.timeline import Span
from nhiemky.units.models import Unit
from nhiemky.units.queries import period_named
from tests.factories import a_unit, a_user, clerk, let, put, rolled_back

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]

TODAY, REFORM = date(2025, 12, 1), date(2025, 7, 1)
UNITS = ("ht-tinh", "ht-huyen", "ht-mot", "ht-hai")
TREES = ("then", "2025-06-30", "2025-12-01")


def write() -> None:
    """A province, its district, and two unions of which one ends in the other."""
    life = Span(date(2020, 1, 1), None)
    units = {
        code: a_unit(code, kind, life=life)
        for code, kind in zip(UNITS, ("province", "district", "grassroots", "grassroots"), strict=True)
    }
    for child, parent in (("ht-huyen", "ht-tinh"), ("ht-mot", "ht-huyen"), ("ht-hai", "ht-huyen")):
        put(units[child], units[parent], life)
    for code, day, gifts in (("ht-mot", "2025-02-01", 3), ("ht-hai", "2025-02-02", 5), ("ht-hai", "2025-09-01", 7)):
        record_entry(
            by=clerk(), unit=units[code], kind="tet_gifts", period=Span.parse(day), today=TODAY,
            counts=[Count("suat", Quantity(gifts))],
        )  # fmt: skip


def reorganise() -> None:
    rows = [
        Row(Do.MERGE, "ht-mot", "ht-hai", at=1),
        Row(Do.MOVE, "ht-hai", "ht-tinh", at=2),
        Row(Do.END, "ht-huyen", at=3),
    ]
    event = draft_reorganisation(
        by=clerk(), unit=Unit.objects.get(code="ht-tinh"), title="Kết thúc cấp huyện", day=REFORM, rows=rows
    )
    apply_reorganisation(by=clerk(), event=event, today=TODAY)


def on_the_command_line(capsys: pytest.CaptureFixture[str]) -> dict[tuple[str, str], int]:
    found = {}
    for unit in UNITS:
        for tree in TREES:
            given = ["figure", "tet_gifts_given", unit, "--from", "2025-01-01", "--to", "2025-12-31", "--open"]
            assert main([*given, "--boundaries", tree]) == 0
            told = json.loads(capsys.readouterr().out)
            found[unit, tree] = told["value"] or 0
            assert sum(row["value"] or 0 for row in told["records"]) == found[unit, tree]
    return found


def on_screen(client: Client) -> dict[tuple[str, str], int]:
    found = {}
    for unit in UNITS:
        for tree in TREES:
            chosen = "" if tree == "then" else f"&cay={tree}"
            page = client.get(f"/so-lieu/tet_gifts_given/{unit}/?tu=2025&den=2025{chosen}").content.decode()
            said = re.search(r'<p class="big">(.*?)</p>', page, re.S)
            shown = unescape(re.sub(r"<[^>]+>", " ", said[1])) if said else ""
            number = re.search(r"\d+", shown)
            found[unit, tree] = int(number[0]) if number else 0
    return found


def test_the_command_line_and_the_screens_say_the_same_wherever_it_is_loaded(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, settings: Settings
) -> None:
    settings.EVIDENCE_DIR = tmp_path / "files"
    path = tmp_path / "ht.jsonl"
    with rolled_back():
        write()
        reorganise()
        assert main(["export", "ht-tinh", "-o", str(path)]) == 0
        capsys.readouterr()
        here = on_the_command_line(capsys)
    assert not Unit.objects.filter(code="ht-tinh").exists()
    assert main(["load", str(path)]) == 0
    capsys.readouterr()
    user = a_user("ht-can-bo")
    let(user, Unit.objects.get(code="ht-tinh"), Role.OFFICER, below=True)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    assert on_the_command_line(capsys) == here
    assert on_screen(client) == here
    # as it was then; before the reform; after it, where the merged union's work is its heir's
    assert [here[unit, "then"] for unit in UNITS] == [15, 8, 3, 12]
    assert [here[unit, "2025-06-30"] for unit in UNITS] == [15, 15, 3, 12]
    assert [here[unit, "2025-12-01"] for unit in UNITS] == [15, 0, 0, 15]


def test_a_report_issued_before_stays_byte_for_byte(settings: Settings, tmp_path: Path) -> None:
    settings.EVIDENCE_DIR = tmp_path / "files"
    write()
    top = Unit.objects.get(code="ht-tinh")
    period = period_named(top, "2025")
    assert period
    document = issue_report(by=clerk(), unit=top, period=period, number="1/BC", today=TODAY)

    def files() -> list[tuple[str, bytes, str]]:
        rows = IssuedFile.objects.filter(document=document).order_by("format")
        return [(row.format, bytes(row.contents), row.digest) for row in rows]

    before = files()
    assert len(before) >= 3
    reorganise()
    assert files() == before
    annul_reorganisation(by=clerk(), event=top.reorganisations.get(), reason="Ghi nhầm")
    assert files() == before

"""The command line: documented output and exit status."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from nhiemky.config.command import main
from nhiemky.foundation import clock
from nhiemky.reports.actions import issue_report
from nhiemky.units.models import Unit
from nhiemky.units.queries import period_named

pytestmark = pytest.mark.django_db


def test_units_by_words_without_accents(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["units", "--search", "lo song", "--format", "json"]) == 0
    [unit] = json.loads(capsys.readouterr().out)
    assert unit["code"] == "song-lo" and unit["parent"] == "ldld-vinh-phuc"
    assert [period["key"] for period in unit["periods"]] == ["2015-2020"] and unit["periods"][0]["kind"] == "five_years"


def test_units_on_a_day_that_is_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["units", "--on", "31/2/2023"]) == 2
    assert "12/6/2023" in capsys.readouterr().err


@pytest.mark.parametrize("kind", ["json", "docx", "pdf", "xlsx", "html"])
def test_a_report_in_every_format(kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / f"bao cao.{kind}"
    assert main(["report", "nho-quan", "2018-2023", "--format", kind, "-o", str(path)]) == 0
    data = path.read_bytes()
    if kind in ("docx", "xlsx"):
        assert zipfile.ZipFile(io.BytesIO(data)).testzip() is None
    elif kind == "pdf":
        assert data.startswith(b"%PDF")
    else:
        assert "3.161" in data.decode() and "13/13" in data.decode()


@pytest.mark.parametrize(
    "arguments",
    [
        ["report", "khong-co", "2018-2023"],
        ["report", "nho-quan", "1999-2004"],
        ["report", "nho-quan", "2023-02-30"],
        ["figure", "khong_co", "nho-quan", "--from", "2018", "--to", "2023"],
        ["figure", "hardship_support_visits", "nho-quan", "--from", "2023", "--to", "2018"],
        ["figure", "hardship_support_visits", "nho-quan", "--from", "hôm qua", "--to", "2018"],
        ["load", "khong-co.jsonl"],
        ["password", "khong-co"],
        ["password", "dong-lenh"],
        ["second-factor", "off", "khong-co"],
    ],
)
def test_refused_input_says_what_to_do(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    told = capsys.readouterr()
    assert told.err.strip() and not told.out


def test_a_figure_opens(capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        main(["figure", "hardship_support_visits", "nho-quan", "--from", "2018", "--to", "2023-06-11", "--open"]) == 0
    )
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert answer["value"] == 3161 and [row["value"] for row in answer["records"]] == [3161]


def test_a_large_file_is_refused_before_it_is_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "to.jsonl"
    with path.open("wb") as file:
        file.truncate(50 * 1024 * 1024)
    assert main(["load", str(path)]) == 2
    assert "20 MB" in capsys.readouterr().err


def test_the_demonstration_is_sound(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 0, capsys.readouterr().out
    assert main(["check", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out.split("\n", 1)[1]) == []


@pytest.mark.both_engines
@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("ledger_entrycount", "value = value + 1"),
        ("ledger_entrymoney", "value = value + 1"),
        ("ledger_statement", "subject = 'workers'"),
        ("documents_issueddocument", "number = '99/BC'"),
        ("documents_issuedfile", "contents = x'00'"),
    ],
)
def test_check_finds_a_changed_record(table: str, change: str, clerk: Any, capsys: pytest.CaptureFixture[str]) -> None:
    unit = Unit.objects.get(code="nho-quan")
    period = period_named(unit, "2018-2023")
    issue_report(by=clerk, unit=unit, period=period, number="", today=clock.today())
    assert main(["check"]) == 0, capsys.readouterr().out
    if "contents" in change and connection.vendor == "postgresql":
        change = "contents = '\\\\x00'"
    with connection.cursor() as cursor:
        on = f" ON {table}" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER {table}_no_update{on}")
        cursor.execute(f"UPDATE {table} SET {change}")
    assert main(["check"]) == 1
    told = capsys.readouterr().out
    assert f"table:{table}" in told and "khác với lúc ghi" in told

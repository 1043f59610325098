"""A union's data handed over to another installation: the same rows, the same figures, the same bytes; twice the same."""

from __future__ import annotations

import json
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from nhiemky.documents.models import IssuedFile
from nhiemky.exchange.faults import FaultyFile
from nhiemky.exchange.whole.actions import load_whole
from nhiemky.exchange.whole.belonging import belonging_to
from nhiemky.exchange.whole.records import RECORDS
from nhiemky.exchange.whole.writing import export
from nhiemky.figures.definitions import definitions
from nhiemky.figures.queries import Asked, figure_of
from nhiemky.foundation.files import is_sound
from nhiemky.foundation.models import AuditEvent, User
from nhiemky.foundation.refusals import NotAllowed, Refusal
from nhiemky.foundation.roles import Role
from nhiemky.ledger.models import Entry, Evidence
from nhiemky.members.models import Membership, Person
from nhiemky.members.queries import unit_keeping
from nhiemky.reports.check import every_fault
from nhiemky.rules.timeline import Span
from nhiemky.units.models import Unit, UnitName
from tests.exchange import rich
from tests.factories import a_user, clerk, let, rolled_back

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]
TODAY = rich.TODAY


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> None:
    settings.EVIDENCE_DIR = tmp_path / "here"


def out(path: Path, unit: str | None, on: date = TODAY, by: User | None = None) -> Path:
    top = Unit.objects.get(code=unit) if unit else None
    path.unlink(missing_ok=True)
    export(by=by or clerk(), unit=top, on=on, target=path)
    return path


def into(path: Path) -> Any:
    return load_whole(by=clerk(), path=path)


def lines(path: Path) -> list[dict[str, Any]]:
    if path.suffix == ".jsonl":
        text = path.read_bytes()
    else:
        with zipfile.ZipFile(path) as package:
            text = package.read("data.jsonl")
    return [json.loads(line) for line in text.splitlines()]


def figures(unit: str) -> dict[str, Any]:
    top = Unit.objects.get(code=unit)
    asked = Asked(Span.parse("2025"), date(2025, 12, 31), None)
    return {code: _told(figure_of(code, top, asked, TODAY)[0]) for code in definitions()}


def _told(figure: Any) -> Any:
    from nhiemky.figures.json import figure_json

    return figure_json(figure)


@pytest.fixture
def handed(tmp_path: Path, settings: Settings) -> Path:
    """The district of the rich union in a file; here it is gone again."""
    with rolled_back():
        rich.write()
        path = out(tmp_path / "huyen.zip", "du-huyen")
    settings.EVIDENCE_DIR = tmp_path / "there"
    return path


def test_what_is_handed_over_is_the_same_there(tmp_path: Path, settings: Settings) -> None:
    with rolled_back():
        rich.write()
        first = out(tmp_path / "a.zip", "du-huyen")
        here = {code: figures(code) for code in ("du-huyen", "du-a", "du-b")}
        issued = list(IssuedFile.objects.filter(document__unit="du-a").order_by("pk").values_list("format", "contents"))
        kept = {
            code: (unit_keeping(Person.objects.get(code=code))) for code in ("du.lan", "du.lan2", "du.di", "du.den")
        }
        kept = {code: unit.code if unit else "" for code, unit in kept.items()}
    held = {line["type"] for line in lines(first)}
    assert held >= {record.name for record in RECORDS} - {"template"}, "the rich union lacks something"
    settings.EVIDENCE_DIR = tmp_path / "there"
    assert not Unit.objects.filter(code="du-huyen").exists() and not User.objects.filter(username="du.can-bo").exists()
    taken = into(first)
    assert taken.made == ["du.can-bo"] and taken.files == 5
    assert {code: figures(code) for code in here} == here
    there = IssuedFile.objects.filter(document__unit="du-a").order_by("pk").values_list("format", "contents")
    assert [(each, bytes(data)) for each, data in there] == [(each, bytes(data)) for each, data in issued]
    assert all(
        is_sound(digest) for digest in Evidence.objects.filter(entry__code="du.e1").values_list("digest", flat=True)
    )
    assert out(tmp_path / "b.zip", "du-huyen").read_bytes() == first.read_bytes()
    again = into(first)
    assert not sum(again.written.values()) and sum(again.unchanged.values()) == len(lines(first)) - 2
    for code in ("du.lan", "du.lan2", "du.den"):
        unit = unit_keeping(Person.objects.get(code=code))
        assert unit and unit.code == kept[code]
    assert Person.objects.get(code="du.lan2").same_as == Person.objects.get(code="du.lan")
    assert Person.objects.get(code="du.lan").id_number == "001185000123"
    assert not [fault for fault in every_fault(TODAY) if "du" in fault.place]
    author = User.objects.get(username="du.can-bo")
    assert not author.is_active and not author.has_usable_password() and not author.grants.exists()


def test_of_others_only_what_is_named_goes_along(handed: Path) -> None:
    rows = lines(handed)
    persons = {row["id"]: row for row in rows if row["type"] == "person"}
    assert persons["du.di"].keys() == {"type", "id", "name", "fictional"}, "kept by the neighbour now"
    assert persons["du.den"]["phone"] == "0987654321" and persons["du.lan"]["changes"]
    units = {row["id"] for row in rows if row["type"] == "unit"}
    assert units == {"du-tinh", "du-huyen", "du-ben", "du-a", "du-b", "du-c", "du-d", "du-xa", "du-to"}
    assert {row["unit"] for row in rows if row["type"] == "placement"} == {
        "du-huyen",
        "du-a",
        "du-b",
        "du-c",
        "du-d",
        "du-to",
    }
    assert "du.e5" not in {row.get("id") for row in rows}
    # where the one who came was before goes along with them
    assert {row["unit"] for row in rows if row["type"] == "membership" and row["person"] == "du.den"} == {
        "du-xa",
        "du-a",
    }
    assert rows[0]["personal_data"] is True and "made_at" not in rows[0]


def test_the_tree_of_the_day_says_what_goes_along(tmp_path: Path) -> None:
    rich.write()
    then = {
        row["id"] for row in lines(out(tmp_path / "x.zip", "du-huyen", date(2023, 1, 1))) if row["type"] == "placement"
    }
    now = {row["id"] for row in lines(out(tmp_path / "y.zip", "du-huyen")) if row["type"] == "placement"}
    of_b = set(Unit.objects.get(code="du-b").placements.values_list("code", flat=True))
    assert of_b <= now and not of_b & then


def test_who_is_kept_inside_is_told_as_the_register_tells_it() -> None:
    units = rich.write()
    found = belonging_to(units["huyen"], TODAY)
    for person in Person.objects.filter(code__startswith="du."):
        keeper = unit_keeping(person)
        assert keeper and (person.pk in found.home_ids) == (keeper.pk in found.inside), person.code


def test_whoever_may_not_read_everything_is_refused_and_the_reading_is_told(tmp_path: Path) -> None:
    units = rich.write()
    officer, chief, lone = a_user("du-x"), a_user("du-y"), a_user("du-z")
    let(officer, units["huyen"], Role.OFFICER, below=True)
    let(chief, units["huyen"], Role.ADMINISTRATOR, below=True)
    let(lone, units["huyen"], Role.ADMINISTRATOR, below=False)
    for by, unit, on in (
        (officer, "du-huyen", TODAY),
        (lone, "du-huyen", TODAY),
        (chief, None, TODAY),
        (chief, "du-ben", TODAY),
    ):
        with pytest.raises(NotAllowed):
            out(tmp_path / "x.zip", unit, on, by)
        assert not (tmp_path / "x.zip").exists()
    # what stood below then is the neighbour's today
    let(chief, units["ben"], Role.ADMINISTRATOR, below=False)
    assert out(tmp_path / "y.zip", "du-huyen", TODAY, chief).stat().st_mode & 0o777 == 0o600
    told = AuditEvent.objects.filter(action="exchange.unit.export", actor=chief)
    assert {event.unit: event.data["count"] for event in told} == {"du-huyen": 0, "du-a": 4, "du-c": 1, "du-d": 1}
    with pytest.raises(NotAllowed):
        out(tmp_path / "z.zip", "du-ben", date(2020, 1, 1), chief)


def test_lines_alone_are_refused_where_there_are_files(tmp_path: Path) -> None:
    rich.write()
    with pytest.raises(Refusal, match="tệp ảnh, văn bản"):
        out(tmp_path / "x.jsonl", "du-huyen")
    with pytest.raises(Refusal, match="đuôi"):
        out(tmp_path / "x.xlsx", "du-huyen")
    assert not list(tmp_path.glob("x.*"))
    assert lines(out(tmp_path / "y.jsonl", "du-b"))[-1]["type"] == "end"


def test_what_differs_there_is_refused_and_a_name_alone_is_filled_in(handed: Path, tmp_path: Path) -> None:
    into(handed)
    Person.objects.filter(code="du.di").update(job="Lái xe")
    into(handed)
    assert Person.objects.get(code="du.di").job == "Lái xe", "a name alone says nothing against what is known"
    UnitName.objects.filter(unit__code="du-a").update(name="Tên khác")
    before = Membership.objects.count()
    with pytest.raises(FaultyFile, match="“du-a” đã có trong hệ thống với nội dung khác"):
        into(handed)
    assert Membership.objects.count() == before


def test_two_halves_come_together(tmp_path: Path) -> None:
    """Two unions handed over one after the other: of whom only the name came first, the rest comes later."""
    with rolled_back():
        rich.write()
        huyen, ben, tinh = (out(tmp_path / f"{name}.zip", f"du-{name}") for name in ("huyen", "ben", "tinh"))
    into(huyen)
    assert Person.objects.get(code="du.di").phone == ""
    into(ben)
    assert Person.objects.get(code="du.di").phone == "0987654321"
    assert Entry.objects.filter(code__startswith="du.e").count() == 5
    into(tinh)
    key = {json.dumps(line, sort_keys=True) for line in lines(tinh)[1:-1]}
    assert {json.dumps(line, sort_keys=True) for line in lines(out(tmp_path / "b.zip", "du-tinh"))[1:-1]} == key

"""A union with sections, groups and a neighbour, and folders of its own for what is handed in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from pytest_django.fixtures import Settings

from nhiemky.foundation.roles import Role
from nhiemky.rules.timeline import Span
from nhiemky.units.actions import found_unit, place_unit
from tests.factories import a_user, clerk, let

LIFE = Span(date(2010, 1, 1), None)


@pytest.fixture
def union(db: None, settings: Settings, tmp_path: Path) -> Iterator[SimpleNamespace]:
    settings.VAR_DIR = tmp_path
    by = clerk()

    def unit(code: str, name: str, kind: str, parent: object = None) -> object:
        made = found_unit(by=by, code=code, name=name, short=name.replace("Công đoàn cơ sở", "CĐCS"), kind=kind,
                          block="hcsn" if kind == "grassroots" else "", life=LIFE, fictional=True)  # fmt: skip
        if parent:
            place_unit(by=by, unit=made, parent=parent, valid=LIFE)
        return made

    ward = unit("i-phuong", "Công đoàn phường Thử", "ward")
    school = unit("i-truong", "Công đoàn cơ sở Trường Thử nghiệm", "grassroots", ward)
    office = unit("i-tchc", "Tổ công đoàn Phòng Tổ chức - Hành chính", "group", school)
    maths = unit("i-toan", "Tổ công đoàn Toán - Tin", "group", school)
    clinic = unit("i-y-te", "Công đoàn cơ sở Trạm Y tế Thử nghiệm", "grassroots", ward)
    officer, neighbour, above = a_user("i-can-bo"), a_user("i-ben-canh"), a_user("i-phuong")
    let(officer, school, Role.OFFICER, below=True)
    let(neighbour, clinic, Role.OFFICER, below=True)
    let(above, ward, Role.OFFICER, below=True)
    yield SimpleNamespace(
        by=by, ward=ward, school=school, office=office, maths=maths, clinic=clinic,
        officer=officer, neighbour=neighbour, above=above,
    )  # fmt: skip

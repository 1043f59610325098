"""From one installation into a fresh one by the command line, also from SQLite into PostgreSQL: the same to the byte."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from django.conf import settings

from tests.foundation.backup.conftest import New
from tests.foundation.backup.installation import Installation, files

pytestmark = pytest.mark.both_engines
_RICH = "from tests.exchange import rich; rich.write(); rich.a_template()"
_FIGURES = """
import json
from datetime import date
from nhiemky.figures.definitions import definitions
from nhiemky.figures.json import figure_json
from nhiemky.figures.queries import Asked, figure_of
from nhiemky.rules.timeline import Span
from nhiemky.units.models import Unit
asked = Asked(Span.parse("2018..2025"), date(2025, 12, 31), None)
print(json.dumps([
    figure_json(figure_of(code, Unit.objects.get(code=unit), asked, date(2026, 11, 24))[0])
    for unit in ("nho-quan", "hc-tinh", "ldld-binh-luc", "du-huyen") for code in definitions()
], default=str))
"""


def test_everything_moves_into_a_fresh_installation(new: New, tmp_path: Path) -> None:
    here = Installation(tmp_path / "here")
    (tmp_path / "here").mkdir()
    here.run("demo", "--small")
    here.python(_RICH)
    one, two = tmp_path / "one.zip", tmp_path / "two.zip"
    told = json.loads(here.run("export", "-o", str(one), "--format", "json"))
    assert told["lines"]["unit"] > 20 and told["files"] == 7 and told["lines"]["template"] == 2
    assert stat.S_IMODE(one.stat().st_mode) == 0o600
    assert "Đã có tệp" in here.run("export", "-o", str(one), status=2)
    # on PostgreSQL another engine than the one it came from
    there = new()
    there.run("migrate")
    loaded = json.loads(there.run("load", str(one), "--format", "json"))[0]
    assert loaded["written"] == sum(told["lines"].values()) and loaded["accounts_made"] == ["du.can-bo"]
    assert there.run("check").endswith("0 lỗi.\n")
    there.run("export", "-o", str(two))
    assert two.read_bytes() == one.read_bytes()
    assert files(there) == files(here)
    assert there.python(_FIGURES) == here.python(_FIGURES)
    assert f"0 đối tượng mới, {loaded['written']} đã có" in there.run("load", str(one))
    # a file of facts that was loaded before says nothing new there either
    facts = next((settings.DATA_DIR / "published").glob("*.jsonl"))
    assert "nạp 0 đối tượng mới" in there.run("load", str(facts))


def test_what_the_command_line_refuses(new: New, tmp_path: Path) -> None:
    there = new()
    there.run("migrate")
    assert "Không có đơn vị mã “vua”" in there.run("export", "vua", "-o", str(tmp_path / "x.zip"), status=2)
    assert "chưa đúng" in there.run("export", "--on", "hôm qua", "-o", str(tmp_path / "x.zip"), status=2)
    assert "Không thấy tệp" in there.run("load", str(tmp_path / "khong.zip"), status=2)
    (tmp_path / "bad.zip").write_bytes(b"PK\x03\x04 and nothing else")
    assert "hỏng" in there.run("load", str(tmp_path / "bad.zip"), status=2)
    (tmp_path / "bad.jsonl").write_text('{"type":"nhiemky","version":2}\n{"type":"vua"}\n')
    said = there.run("load", str(tmp_path / "bad.jsonl"), status=2)
    assert "bad.jsonl: Dòng 2: Không có loại đối tượng “vua”." in said and "không nạp gì cả vì có 2 lỗi" in said

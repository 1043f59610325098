"""The gallery of dirty lists on disk: each is read cell by cell as `NAME.json` beside it says, or refused as it says.

With NHIEMKY_GALLERY=write what is found is written there, to be read by whoever changed it.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from nhiemky.foundation.refusals import Refusal
from nhiemky.members.importing.spool import Looked, State, open_spool
from nhiemky.members.importing.tasks import write
from nhiemky.members.models import Grouping, Membership, Person, Standing
from tests.members.sheets import looked_over
from tests.members.test_import_gallery import TODAY

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]

LISTS = Path(__file__).parents[1] / "data" / "lists"
FILES = sorted(path for path in LISTS.iterdir() if path.suffix != ".json")


def found_in(path: Path, union: SimpleNamespace) -> dict[str, Any]:
    """What the file is read as: its refusal; or its columns, lines that are none of the list, and every row's cells."""
    unit, by = (union.ward, union.above) if path.stem == "nhieu-don-vi" else (union.school, union.officer)
    try:
        draft, rows = looked_over(path.read_bytes(), unit, by, TODAY, present_on="2026-01-01")
    except Refusal as refusal:
        return {"refused": list(refusal.sentences)}
    codes = [code for _column, code in sorted(draft.mapping.items())]
    columns = {draft.labels[at]: code for at, code in sorted(draft.mapping.items())}
    before = _counts()
    told = {
        "columns": columns,
        "not_of_the_list": draft.counts["outside"],
        "hidden": draft.hidden,
        "rows": [_row(row, codes) for row in rows],
    }
    draft.without_faulty_cells = True
    with open_spool(draft.rows_path) as spool:
        for row in rows:
            if row.is_open:
                spool.decide(row.offers[0], row.number)
    write(draft, unit, by, lambda _done: None)
    told["written"] = dict(sorted((_counts() - before).items()))
    return told


def _row(row: Looked, codes: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {"row": row.number, "state": State(row.state).name.lower()}
    found["cells"] = {
        code: [text, State(state).name.lower(), *([sentence] if sentence else [])]
        for code, (text, state, sentence) in zip(codes, row.cells, strict=True)
        if text or sentence
    }
    kept = {
        name: value for name, value in row.values.items() if name not in ("sort_key", "folded") and "digest" not in name
    }
    return found | {"told": row.told, "offers": [str(each) for each in row.offers], "kept": dict(sorted(kept.items()))}


def _counts() -> Counter[str]:
    return Counter({model.__name__: model.objects.count() for model in (Person, Membership, Grouping, Standing)})


def test_there_is_a_gallery() -> None:
    assert {path.suffix for path in FILES} == {".xlsx", ".xls", ".ods", ".csv", ".txt"}
    assert {path.stem for path in LISTS.glob("*.json")} == {path.stem for path in FILES}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_list_is_read_cell_by_cell_or_refused(path: Path, union: SimpleNamespace) -> None:
    found, place = found_in(path, union), path.with_suffix(".json")
    if os.environ.get("NHIEMKY_GALLERY") == "write":
        place.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
    assert found == json.loads(place.read_text())

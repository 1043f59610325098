"""Nothing is forgotten: every model of these rooms travels, or stands in a list with the reason; so does every column."""

from __future__ import annotations

import pytest
from django.apps import apps

from nhiemky.exchange.whole.records import RECORDS, STAYS

ROOMS = (
    "foundation",
    "documents",
    "units",
    "members",
    "ledger",
    "figures",
    "reforms",
    "congress",
    "reports",
    "exchange",
)
TABLES = {table.model: table for record in RECORDS for table in (record, *record.parts)}
OURS = [model for model in apps.get_models() if model._meta.app_label in ROOMS]


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_every_model_and_every_column_travels_or_says_why_not(model: type) -> None:
    label = model._meta.label  # type: ignore[attr-defined]
    assert (model in TABLES) != (label in STAYS), f"{label}: a Record in exchange/whole/records.py, or a row in STAYS"
    if model not in TABLES:
        assert len(STAYS[label]) > 10
        return
    table = TABLES[model]
    carried = [name for cell in table.cells for name in cell.fields]
    columns = {each.name for each in model._meta.concrete_fields if not each.primary_key}  # type: ignore[attr-defined]
    assert len(carried) == len(set(carried)) and not set(carried) & table.left_out.keys()
    assert set(carried) | table.left_out.keys() == columns, f"{label}: name the column, or say why it is left out"
    assert all(table.left_out.values())


def test_what_is_pointed_at_stands_above() -> None:
    placed: set[type] = set()
    for record in RECORDS:
        for table in (record, *record.parts):
            missing = [cell.name for cell in table.cells if cell.target and cell.target is not record.model
                       and cell.target not in placed and cell.target._meta.label not in STAYS]  # fmt: skip
            assert not missing, f"{table.name} points at {missing} before they are read"
        placed |= {record.model, *(part.model for part in record.parts)}


def test_no_list_names_what_is_not_there() -> None:
    assert {model._meta.label for model in OURS} >= STAYS.keys()

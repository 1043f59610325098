"""The reform of 2025 in the fictional provinces: each decision of `data/demo/reform.toml` applied as a reorganisation."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from nhiemky.config.province.recipe import Recipe
from nhiemky.foundation.models import User
from nhiemky.reforms.actions import apply_reorganisation, draft_reorganisation
from nhiemky.reforms.models import Reorganisation
from nhiemky.reforms.rows import Row
from nhiemky.units.models import Unit

TEXTS = ("title", "decision", "decided_by", "note")


def reorganise(by: User, folder: Path, today: date) -> None:
    """Draft and apply what was not applied yet, in the order of days."""
    for given in Recipe(folder).events:
        if Reorganisation.objects.filter(code=given["code"]).exists():
            continue
        event = draft_reorganisation(
            by=by, unit=Unit.objects.get(code=given["unit"]), code=given["code"], day=given["day"],
            rows=[Row.of_json(row | {"at": at}) for at, row in enumerate(given["rows"], start=1)],
            decided_on=given["decided_on"], **{name: given[name] for name in TEXTS if name in given},
        )  # fmt: skip
        apply_reorganisation(by=by, event=event, today=today)

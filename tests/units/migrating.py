"""Takes an empty database over the migration that gives units their lives; prints what was there and what came of it.

Run by itself, on a database of its own: `python -m tests.units.migrating`.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, date, datetime
from typing import Any

BEFORE, AFTER = [("units", "0003_closed_terms")], [("units", "0004_reforms")]
SPAN = ("starts_on", "start_precision", "ends_before", "end_precision")
# code -> kind, and the span with how exactly each end is known
UNITS: dict[str, tuple[Any, ...]] = {
    "tinh": ("province", None, "day", None, "day"),
    "huyen": ("district", date(1997, 1, 1), "year", date(2025, 7, 1), "day"),
    "cs": ("grassroots", date(2009, 4, 1), "month", None, "day"),
    "cu": ("grassroots", None, "day", date(2019, 1, 1), "year"),
}


def migrated() -> dict[str, Any]:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    def at(place: list[tuple[str, str]]) -> Any:
        MigrationExecutor(connection).migrate(place)
        return MigrationExecutor(connection).loader.project_state(place).apps

    apps = at(BEFORE)
    user = apps.get_model("foundation", "User").objects.create(username="ai-do", display_name="Ai Đó")
    units = apps.get_model("units", "Unit").objects
    for number, (code, (kind, *span)) in enumerate(UNITS.items(), 1):
        unit = units.create(code=code, **dict(zip(SPAN, span, strict=True)))
        # named, and named again: known since the first time
        for day, gone in ((number, True), (20, False)):
            told = datetime(2024, 3, day, 8, tzinfo=UTC)
            known = {"recorded_at": told, "recorded_by": user, "superseded_at": told if gone else None}
            names = {"name": code, "short_name": code, "folded": code, "sort_key": code}
            apps.get_model("units", "UnitName").objects.create(unit=unit, **names, **known)
            apps.get_model("units", "UnitKind").objects.create(unit=unit, kind=kind, **known)
    before = sorted(units.values_list("code", *SPAN))
    apps = at(AFTER)
    lives = apps.get_model("units", "UnitLife").objects.filter(cause="", superseded_cause="", superseded_at=None)
    return {
        "before": before,
        "after": sorted(apps.get_model("units", "Unit").objects.filter(interrupted=False).values_list("code", *SPAN)),
        "lives": sorted(lives.values_list("unit__code", *(f"{each}" for each in SPAN))),
        "known since": {life.unit.code: life.recorded_at.day for life in lives.select_related("unit")},
    }


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nhiemky.config.settings")
    django.setup()
    print(json.dumps(migrated(), default=str))

"""Reorganisations of the cast's unit: one that was applied, with a file, and one that is a draft."""

from __future__ import annotations

from datetime import date

from nhiemky.foundation.files import prepared
from nhiemky.reforms.actions import apply_reorganisation, draft_reorganisation
from nhiemky.reforms.rows import Do, Row
from tests.web.conftest import Cast

DAY = date(2026, 3, 1)


def reforms_at(cast: Cast) -> dict[str, str]:
    by = cast.users["quan-tri"]
    rows = [
        Row(Do.FOUND, "", name="Công đoàn cơ sở Trường Tiểu học Đồi Sim", kind="grassroots", block="su_nghiep", at=1)
    ]
    given = {"by": by, "unit": cast.unit, "title": "Lập công đoàn trường mới", "day": DAY, "decision": "01/QĐ"}
    event = draft_reorganisation(rows=rows, file=prepared("qd.pdf", b"%PDF-1 decided"), **given)
    plan = draft_reorganisation(
        rows=[Row(Do.FOUND, "", name="Công đoàn cơ sở Mỏ Đá", kind="grassroots", at=1)], **given
    )
    apply_reorganisation(by=by, event=event, today=cast.today)
    return {"reform": event.code, "plan": plan.code}

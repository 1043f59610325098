"""A sheet of members taken into the register: all of it in one transaction, or nothing."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from datetime import date

from django.utils.translation import gettext as _

from nhiemky.foundation import catalogue, clock
from nhiemky.foundation.audit import write_event
from nhiemky.foundation.door import action
from nhiemky.foundation.models import Source, User
from nhiemky.foundation.refusals import Refusal
from nhiemky.members.importing.columns import known_columns, signature
from nhiemky.members.importing.drafts import Draft
from nhiemky.members.importing.report import Report
from nhiemky.members.importing.spool import open_spool
from nhiemky.members.importing.writing import Pen
from nhiemky.members.models import HeadingMap, SheetImport
from nhiemky.rules.vietnamese import day
from nhiemky.units.models import Unit
from nhiemky.units.queries import card

JOININGS = ("on_list", "founding", "collective", "individual", "again")


@action("members.import.remember")
def remember_columns(*, by: User, unit: Unit, labels: Sequence[str], mapping: Mapping[int, str]) -> HeadingMap:
    """Sheets with these headings are read so at the unit from now on."""
    if faults := set(mapping.values()) - set(known_columns()):
        raise ValueError(faults)
    columns = {str(at): code for at, code in mapping.items()}
    row, _made = HeadingMap.objects.update_or_create(
        unit=unit, signature=signature(labels), defaults={"columns": columns, "at": clock.now(), "by": by}
    )
    write_event(subject=f"headings:{row.signature}", unit=unit.code, data={"columns": columns})
    return row


@action("members.import.apply")
def apply_import(
    *, by: User, unit: Unit, draft: Draft, today: date, tell: Callable[[int], None] = lambda _done: None
) -> SheetImport:
    """Every row of the draft as it was decided on; a Refusal, and nothing written, when the register changed since.

    One event for the whole sheet, with the digest of the file and of every code in it: each membership names the
    import as its source, each amended person keeps what was before (docs/decisions/0007-register.md).
    """
    if SheetImport.objects.filter(code=draft.code).exists():
        raise Refusal(_("Danh sách này đã được ghi rồi. Hãy mở sổ đoàn viên để xem."))
    if draft.joining not in JOININGS:
        raise ValueError(draft.joining)
    at = clock.now()
    source = Source.objects.create(
        code=f"import-{draft.code}", recorded_by=by, published=today.isoformat(),
        title=_("Danh sách đoàn viên nạp ngày %(day)s") % {"day": day(today)},
    )  # fmt: skip
    codes = [code for _column, code in sorted(draft.mapping.items())]
    title = _("%(unit)s: kết quả nạp danh sách ngày %(day)s") % {"unit": card(unit, today).name, "day": day(today)}
    part = draft.folder / f"report.{os.getpid()}.xlsx"
    try:
        with open_spool(draft.rows_path) as spool, Report(part, codes, title) as report:
            if waiting := spool.count("open AND decision = ''"):
                raise Refusal(_("Còn %(count)s dòng trùng chưa quyết định. Hãy chọn cho từng dòng hoặc cho tất cả.")
                              % {"count": waiting})  # fmt: skip
            written = Pen(by, at, today, source, draft).write(spool, tell, report.note)
        if not written.counts["new"] + written.counts["amended"]:
            raise Refusal(_("Không có dòng nào để ghi: mọi dòng đã có trong sổ, có lỗi hoặc được để lại."))
        row = SheetImport.objects.create(
            code=draft.code, unit=unit, at=at, by=by, digest=draft.digest, counts=dict(written.counts), source=source
        )
        units = dict(Unit.objects.filter(pk__in=written.units).values_list("pk", "code"))
        write_event(
            subject=f"import:{draft.code}",
            unit=unit.code,
            data={
                "file": draft.digest,
                "rows": dict(written.counts),
                "units": {units[pk]: count for pk, count in written.units.items()},
                "persons": written.record.hexdigest(),
            },
        )
        os.replace(part, draft.report_path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return row


def joining_choices() -> list[tuple[str, str]]:
    """How the people of a list became members, for the user to choose from."""
    terms = catalogue.terms("catalogue/joinings.toml", "joining")
    return [(code, terms[code].label) for code in JOININGS]

"""Writes of the reports: a report is issued, with its contents and its files, for ever."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from nhiemky.documents.actions import store_issued
from nhiemky.documents.models import IssuedDocument
from nhiemky.documents.queries import digest_of, issued
from nhiemky.foundation.audit import write_event
from nhiemky.foundation.door import action
from nhiemky.foundation.models import User
from nhiemky.foundation.refusals import Refusal
from nhiemky.reports.queries import report_of
from nhiemky.reports.render import FORMATS, KIND, render
from nhiemky.rules.vietnamese import clean
from nhiemky.units.models import Unit
from nhiemky.units.queries import Period


@action("reports.term_report.issue")
def issue_report(*, by: User, unit: Unit, period: Period, number: str, today: date) -> IssuedDocument:
    """Issue the unit's report for the period as its records stand today, in every format."""
    number = clean(number)
    if number and issued(unit.code).filter(number=number).exists():
        raise Refusal(
            _("Đơn vị đã ban hành văn bản số %(number)s. Hãy ghi số khác, hoặc để trống.") % {"number": number}
        )
    contents = report_of(unit, period, today)
    same = issued(unit.code).filter(title=contents.title, number=number, records_digest=contents.records_digest)
    if same.filter(issued_at__date=today).exists():
        raise Refusal(_("Hôm nay báo cáo này đã ban hành rồi, số liệu không đổi. Hãy mở bản đã ban hành."))
    document = store_issued(
        by=by,
        kind=KIND,
        unit_code=unit.code,
        title=contents.title,
        number=number,
        contents=contents.as_json(),
        records_digest=contents.records_digest,
        files={format: render(contents, format, number) for format in FORMATS},
    )
    document.refresh_from_db()  # contents as the database gives them back, which is how they will be checked
    digest = contents.records_digest
    write_event(
        subject=f"document:{document.code}",
        unit=unit.code,
        data={"digest": digest, "period": period.key, "row": digest_of(document)},
    )
    return document

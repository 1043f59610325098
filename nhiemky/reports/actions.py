"""Writes of the reports: a report or a letter is issued, with its contents and its files, for ever."""

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
from nhiemky.members.masking import Sight, sight_of
from nhiemky.members.models import Transfer, TransferState
from nhiemky.reports.letters import LETTER, LETTER_FORMATS, render_letter
from nhiemky.reports.queries import letter_of, letters_of, report_of
from nhiemky.reports.render import FORMATS, KIND, render
from nhiemky.rules.vietnamese import clean
from nhiemky.units.models import Unit
from nhiemky.units.queries import Period

# a letter goes with whom is let go; who was asked for by the receiving unit has gone when that is agreed
LETTERED = (TransferState.WAITING, TransferState.SENT, TransferState.ACCEPTED)


@action("reports.term_report.issue")
def issue_report(
    *, by: User, unit: Unit, period: Period, number: str, today: date, boundaries: date | None = None
) -> IssuedDocument:
    """Issue the unit's report for the period as its records stand today, in every format; on that day's tree if given."""
    number = clean(number)
    if number and issued(unit.code).filter(number=number).exists():
        raise Refusal(
            _("Đơn vị đã ban hành văn bản số %(number)s. Hãy ghi số khác, hoặc để trống.") % {"number": number}
        )
    contents = report_of(unit, period, today, boundaries)
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
        data={"digest": digest, "period": period.key, "row": digest_of(document)}
        | ({"boundaries": boundaries.isoformat()} if boundaries else {}),
    )
    return document


@action("reports.transfer_letter.issue")
def issue_letter(*, by: User, transfer: Transfer, number: str, today: date) -> IssuedDocument:
    """Issue the letter of the transfer, in every format, by whoever keeps the register of the unit itself."""
    unit = transfer.unit
    if sight_of(by, unit, today) is not Sight.NEAR:
        raise Refusal(
            _("Giấy giới thiệu in đủ nhân thân, nên do cán bộ của chính đơn vị cấp. Hãy nhờ đơn vị cấp giấy.")
        )
    if transfer.state not in LETTERED:
        raise Refusal(
            _("Lần chuyển sinh hoạt này %(state)s, nên không cấp giấy giới thiệu.")
            % {"state": transfer.get_state_display()}
        )
    number = clean(number)
    before = letters_of(transfer)
    if number and issued(unit.code).filter(number=number).exclude(pk__in=before.values("pk")).exists():
        raise Refusal(
            _("Đơn vị đã ban hành văn bản số %(number)s. Hãy ghi số khác, hoặc để trống.") % {"number": number}
        )
    contents = letter_of(transfer, today)
    if before.filter(number=number, records_digest=contents.digest).exists():
        raise Refusal(_("Giấy giới thiệu này đã cấp rồi, nội dung không đổi. Hãy tải bản đã cấp."))
    document = store_issued(
        by=by,
        kind=LETTER,
        unit_code=unit.code,
        title=contents.title,
        number=number,
        contents=contents.as_json(),
        records_digest=contents.digest,
        files={format: render_letter(contents, format, number) for format in LETTER_FORMATS},
    )
    document.refresh_from_db()
    write_event(
        subject=f"document:{document.code}",
        unit=unit.code,
        data={"digest": contents.digest, "transfer": transfer.code, "row": digest_of(document)},
    )
    return document

"""Dates as people type them: a day, a month or a year."""

from __future__ import annotations

import re
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from nhiemky.foundation.refusals import Refusal
from nhiemky.rules.timeline import PartialDate, Span
from nhiemky.rules.vietnamese import parse_day

_MONTH = re.compile(r"(\d{1,2})[/.-](\d{4})")


def parse_partial(text: str) -> PartialDate:
    """'12/6/2023', '6/2023' or '2023', or the same as `2023-06-12`; ValueError otherwise."""
    text = text.strip()
    if found := _MONTH.fullmatch(text):
        return PartialDate.parse(f"{found[2]}-{int(found[1]):02d}")
    if re.fullmatch(r"\d{4}(-\d{2})?", text):
        return PartialDate.parse(text)
    return PartialDate.parse(parse_day(text).isoformat())


def typed_day(text: str, name: str) -> date:
    """The day, or a Refusal that names the box."""
    try:
        return parse_day(text)
    except ValueError:
        raise Refusal(_("%(name)s chưa đúng. Hãy ghi ngày/tháng/năm, ví dụ 12/6/2026.") % {"name": name}) from None


def typed_date(text: str, name: str, faults: list[str]) -> PartialDate | None:
    """The date as it is known, or a sentence among the faults."""
    try:
        return parse_partial(text)
    except ValueError:
        said = _("chưa ghi") if not text else _("“%(text)s” chưa đúng") % {"text": text}
        faults.append(
            _("%(name)s %(said)s. Hãy ghi ngày, tháng hoặc năm: 12/6/2023, 6/2023, 2023.")
            % {"name": name, "said": said}
        )
        return None


def moment(at: datetime) -> str:
    """'14:05 24/11/2026'."""
    return f"{timezone.localtime(at):%H:%M %d/%m/%Y}"


def typed_span(first: str, last: str) -> Span:
    """What a person typed into the two boxes of a period; a Refusal says which one cannot be read."""
    ends = []
    for name, text in ((_("Từ"), first), (_("Đến hết"), last)):
        try:
            ends.append(parse_partial(text))
        except ValueError:
            raise Refusal(
                _(
                    "Ô “%(name)s” ghi “%(given)s” chưa đúng. Hãy ghi ngày, tháng hoặc năm, ví dụ 12/6/2023, 6/2023, 2023."
                )
                % {"name": name, "given": text}
            ) from None
    try:
        return Span.between(*ends)
    except ValueError:
        raise Refusal(
            _("Kỳ từ %(first)s đến %(last)s kết thúc trước khi bắt đầu. Hãy đổi lại hai ô.")
            % {"first": first, "last": last}
        ) from None

"""Dates as people type them: a day, a month or a year."""

from __future__ import annotations

import re

from nhiemky.rules.timeline import PartialDate
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

"""Words that several rooms show."""

from __future__ import annotations

from django.utils.translation import gettext as _

from nhiemky.figures import wording
from nhiemky.rules.indicators import Coverage
from nhiemky.rules.targets import Judgement, Reason, State


def state_label(state: State) -> str:
    """'đạt', 'theo tiến độ', …"""
    return wording.state_text(Judgement(state, Reason.REACHED))


def coverage_label(coverage: str) -> str:
    """What a record speaks for."""
    return {
        Coverage.ACT: _("một việc cụ thể"),
        Coverage.OWN: _("số của riêng đơn vị"),
        Coverage.BELOW: _("số chung của đơn vị và các đơn vị cấp dưới"),
    }[Coverage(coverage)]


def first_lower(text: str) -> str:
    """'Nhiệm kỳ 2018–2023' inside a sentence: only the first letter changes, and its words stay together."""
    text = text[:1].lower() + text[1:]
    for pair in ("nhiệm kỳ", "giai đoạn", "năm học"):
        text = text.replace(pair, pair.replace(" ", "\u00a0"))
    return text

"""Writes of targets."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from nhiemky.figures.definitions import definitions
from nhiemky.figures.models import Target
from nhiemky.foundation import clock
from nhiemky.foundation.audit import write_event
from nhiemky.foundation.batch import keep
from nhiemky.foundation.door import action
from nhiemky.foundation.models import User
from nhiemky.foundation.refusals import Refusal
from nhiemky.ledger import kinds
from nhiemky.ledger.checks import LARGEST
from nhiemky.rules.indicators import Measure
from nhiemky.rules.targets import Aim, Basis
from nhiemky.rules.timeline import Span
from nhiemky.units.models import Unit


@action("figures.target.adopt")
def adopt_target(
    *,
    by: User,
    unit: Unit,
    indicator: str,
    aim: Aim,
    basis: Basis,
    period: Span,
    low: Decimal | None = None,
    high: Decimal | None = None,
    grade: str = "",
    **fields: Any,
) -> Target:
    """The unit takes on a target, from its own resolution or from the level above."""
    faults = list(_faults(unit, indicator, aim, period, low, high, grade))
    if (term := fields.get("term")) and term.unit_id != unit.pk:
        faults.append(_("Nhiệm kỳ của chỉ tiêu thuộc đơn vị khác. Hãy chọn nhiệm kỳ của chính đơn vị."))
    if faults:
        raise Refusal.of(faults)
    target = Target(
        unit=unit, indicator=indicator, aim=aim, basis=basis, low=low, high=high, grade=grade,
        recorded_at=clock.now(), recorded_by=by, **fields,
    )  # fmt: skip
    target.span = period
    keep(target)
    write_event(subject=f"target:{target.code}", unit=unit.code, data={"indicator": indicator})
    return target


def _faults(
    unit: Unit, indicator: str, aim: Aim, period: Span, low: Decimal | None, high: Decimal | None, grade: str
) -> Iterator[str]:
    definition = definitions().get(indicator)
    if definition is None:
        yield _("Danh mục không có chỉ tiêu “%(code)s”. Hãy chọn trong danh mục.") % {"code": indicator}
        return
    if period.starts_on is None or period.ends_before is None:
        yield _("Chỉ tiêu cần ngày bắt đầu và ngày kết thúc.")
    elif not unit.span.covers(period):
        yield _("Thời gian thực hiện chỉ tiêu nằm ngoài thời gian hoạt động của đơn vị.")
    if (aim is Aim.GRADE) != (definition.measure is Measure.GRADE):
        yield _("Mức xếp loại chỉ dùng cho chỉ tiêu xếp loại của đơn vị.")
    elif aim is Aim.GRADE and grade not in kinds.grades():
        yield _("Không có mức xếp loại “%(grade)s”. Hãy chọn trong danh mục.") % {"grade": grade}
    if aim in (Aim.EQ, Aim.GTE, Aim.GT, Aim.RANGE) and low is None:
        yield _("Chưa có mức phải đạt. Hãy ghi con số.")
    if aim in (Aim.LTE, Aim.RANGE) and high is None:
        yield _("Chưa có mức trên. Hãy ghi con số.")
    if any(bound is not None and bound > LARGEST for bound in (low, high)):
        yield _("Mức của chỉ tiêu quá lớn. Hãy kiểm tra lại số chữ số.")
    if any(bound is not None and bound < 0 for bound in (low, high)):
        yield _("Mức của chỉ tiêu không thể là số âm.")
    shares = (Measure.RATIO, Measure.STATED, Measure.GRADED, Measure.SHARE)
    for bound in filter(None, (low, high)):
        if definition.measure in shares and bound > 100:
            yield _("Tỷ lệ phải từ 0 đến 100 phần trăm.")
        elif definition.measure not in (*shares, Measure.PER_UNIT) and bound != bound.to_integral_value():
            yield _("Mức của chỉ tiêu này phải là số nguyên.")
    if low is not None and high is not None and high < low:
        yield _("Mức trên nhỏ hơn mức dưới. Hãy đổi lại hai số.")

"""Writes of targets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from nhiemky.figures.definitions import definitions
from nhiemky.figures.models import Target
from nhiemky.foundation import clock
from nhiemky.foundation.actions import record_source
from nhiemky.foundation.audit import write_event
from nhiemky.foundation.batch import keep
from nhiemky.foundation.door import action
from nhiemky.foundation.models import User, new_code
from nhiemky.foundation.refusals import Refusal
from nhiemky.ledger import kinds
from nhiemky.ledger.checks import LARGEST
from nhiemky.rules.indicators import Measure
from nhiemky.rules.targets import Aim, Basis
from nhiemky.rules.timeline import Span
from nhiemky.rules.vietnamese import clean
from nhiemky.units.models import Unit

LONGEST_CLAUSE = 200
LONGEST_QUOTATION = 2000


@action("figures.target.adopt", calls=("foundation.source.record",))
def adopt_target(*, by: User, unit: Unit, **given: Any) -> Target:
    """The unit takes on a target, from its own resolution or from the level above; the fields are those of `_write`."""
    return _write({}, by=by, unit=unit, **given)


@action("figures.target.correct", calls=("foundation.source.record",))
def correct_target(*, by: User, target: Target, reason: str, **given: Any) -> Target:
    """A new row in the place of `target`, which stays visible. Refuses a row that was already replaced."""
    return _write(_in_place_of(target, reason), by=by, unit=target.unit, **given)


@action("figures.target.withdraw")
def withdraw_target(*, by: User, target: Target, reason: str, code: str = "") -> Target:
    """A row that says the target is judged no more; it stays visible."""
    withdrawn = Target(
        unit=target.unit, term=target.term, indicator=target.indicator, aim=target.aim, basis=target.basis,
        **_in_place_of(target, reason), cancels=True,
        code=code or new_code(), recorded_at=clock.now(), recorded_by=by,
    )  # fmt: skip
    withdrawn.span = target.span
    withdrawn.save()
    write_event(subject=f"target:{withdrawn.code}", unit=target.unit.code, data={"withdraws": target.code})
    return withdrawn


def _write(
    chain: Mapping[str, Any],
    /,
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
    clause: str = "",
    quotation: str = "",
    document: str = "",
    **fields: Any,
) -> Target:
    """`document` names a paper that is no source yet: the source is made of it."""
    faults = list(_faults(unit, indicator, aim, period, low, high, grade))
    if (term := fields.get("term")) and term.unit_id != unit.pk:
        faults.append(_("Nhiệm kỳ của chỉ tiêu thuộc đơn vị khác. Hãy chọn nhiệm kỳ của chính đơn vị."))
    if len(clause) > LONGEST_CLAUSE or len(quotation) > LONGEST_QUOTATION:
        faults.append(_("Điều khoản dài quá 200 chữ hoặc câu trích dài quá 2.000 chữ. Hãy ghi ngắn lại."))
    if faults:
        raise Refusal.of(faults)
    if document := clean(document):
        fields["source"] = record_source(by=by, title=document[:300])
    target = Target(
        unit=unit, indicator=indicator, aim=aim, basis=basis, low=low, high=high, grade=grade, clause=clean(clause),
        quotation=clean(quotation), recorded_at=clock.now(), recorded_by=by, **chain, **fields,
    )  # fmt: skip
    target.span = period
    keep(target)
    replaced = target.replaces.code if target.replaces else ""
    write_event(subject=f"target:{target.code}", unit=unit.code, data={"indicator": indicator, "replaces": replaced})
    return target


def _in_place_of(target: Target, reason: str) -> dict[str, Any]:
    """The fields of a row that replaces `target`; refuses one that was corrected or withdrawn already."""
    if not clean(reason):
        raise Refusal(_("Chưa có lý do. Hãy ghi vì sao sửa hoặc rút chỉ tiêu này."))
    if target.cancels:
        raise Refusal(_("Chỉ tiêu này đã rút. Hãy ghi một chỉ tiêu mới."))
    if Target.objects.filter(replaces=target).exists():
        raise Refusal(_("Chỉ tiêu này đã được sửa hoặc rút trước đó. Hãy mở bảng chỉ tiêu rồi chọn bản mới nhất."))
    return {"replaces": target, "first": target.first or target, "reason": clean(reason)[:300]}


def _faults(
    unit: Unit, indicator: str, aim: Aim, period: Span, low: Decimal | None, high: Decimal | None, grade: str
) -> Iterator[str]:
    definition = definitions().get(indicator)
    if definition is None:
        yield _("Danh mục không có chỉ tiêu “%(code)s”. Hãy chọn trong danh mục.") % {"code": indicator}
        return
    if period.starts_on is None or period.ends_before is None:
        yield _("Chỉ tiêu cần ngày bắt đầu và ngày kết thúc.")
    elif not unit.lives_through(period):
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

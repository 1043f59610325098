"""A target as one types it: what may be chosen for a figure, what was typed, and the sentence it makes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from nhiemky.figures import wording
from nhiemky.figures.definitions import definitions
from nhiemky.figures.models import Target
from nhiemky.figures.queries.board import spec_of
from nhiemky.foundation.models import Source
from nhiemky.foundation.refusals import Refusal
from nhiemky.ledger import kinds
from nhiemky.rules import vietnamese
from nhiemky.rules.indicators import Definition, Measure
from nhiemky.rules.quantities import Grade
from nhiemky.rules.targets import Aim, Basis, Spec
from nhiemky.rules.timeline import Span
from nhiemky.units.models import Unit
from nhiemky.units.queries import Period, UnitCard
from nhiemky.web.dates import parse_partial

NAMES = ("so-lieu", "kieu", "muc", "muc-tren", "xep-loai", "can-cu", "han", "dieu", "trich", "ai-giao", "van-ban")
# where a person begins to say what must be reached
BOUNDS = ("muc", "muc-tren", "xep-loai", "han")
OWN, ELSEWHERE = "", "khac"
_TYPED = re.compile(r"(\d{1,3}(?:\.\d{3})+|\d+)(?:,(\d+))?\s*(nghin|ngan|trieu|ty)?\s*(?:dong|d|%)?")
_TIMES = {None: 1, "nghin": 1_000, "ngan": 1_000, "trieu": 1_000_000, "ty": 1_000_000_000}


@dataclass(frozen=True)
class Choice:
    """Something to choose: its value, its words, whether it is chosen."""

    value: str
    label: str
    chosen: bool


def bound(text: str) -> Decimal | None:
    """'1.500', '92,5%', '15 triệu', '1,5 tỷ đồng' as people write them; nothing for nothing; ValueError otherwise."""
    if not text.strip():
        return None
    found = _TYPED.fullmatch(vietnamese.fold(text))
    if not found:
        raise ValueError(text)
    whole, rest, times = found.groups()
    return Decimal(f"{whole.replace('.', '')}.{rest or 0}") * _TIMES[times]


def typed_in(data: QueryDict) -> dict[str, str]:
    return {name: data.get(name, "").strip() for name in NAMES}


def typed_of(target: Target) -> dict[str, str]:
    """The form as it would have been filled in for the target."""
    definition = definitions()[target.indicator]
    by_date = target.basis == Basis.BY_DATE and target.span.end
    return {
        "so-lieu": target.indicator,
        "kieu": target.aim,
        "muc": _written(target.low, definition),
        "muc-tren": _written(target.high, definition),
        "xep-loai": target.grade,
        "can-cu": target.basis,
        "han": vietnamese.partial(by_date) if by_date else "",
        "dieu": target.clause,
        "trich": target.quotation,
        "ai-giao": target.assigned_by.code if target.assigned_by else OWN,
        "van-ban": target.source.title if target.source else "",
    }


def _written(value: Decimal | None, definition: Definition) -> str:
    if value is None:
        return ""
    if wording.is_money(definition):
        return vietnamese.money(int(value))
    return vietnamese.number(int(value) if value == value.to_integral_value() else value.normalize())


def fields_of(
    typed: dict[str, str], period: Period, above: dict[str, UnitCard], sources: list[Source]
) -> dict[str, Any]:
    """What the action wants; a Refusal with every fault. Papers known already are not written again."""
    faults: list[str] = []
    definition = definitions().get(typed["so-lieu"])
    if definition is None:
        raise Refusal(_("Chưa chọn số liệu để đo chỉ tiêu. Hãy tìm và chọn một số liệu."))
    aim = _aim(typed, definition, faults)
    low, high = (_bound(typed[name], faults) for name in ("muc", "muc-tren"))
    if aim is Aim.LTE and high is None:
        low, high = None, low  # one number was asked for, and it is the most
    if aim is not Aim.GRADE and low is None and high is None and not faults:
        faults.append(_("Chưa có mức phải đạt. Hãy ghi con số."))
    elif aim is Aim.GRADE and typed["xep-loai"] not in kinds.grades():
        faults.append(_("Chưa chọn mức xếp loại. Hãy chọn một mức."))
    elif aim is Aim.RANGE and high is None and not faults:
        faults.append(_("Chưa có mức trên của khoảng. Hãy ghi cả hai số."))
    basis = Basis(typed["can-cu"]) if typed["can-cu"] in set(Basis) else Basis.TERM
    span = period.span
    if basis is Basis.BY_DATE:
        span = _until(typed["han"], period, faults)
    if typed["ai-giao"] not in (OWN, ELSEWHERE, *above):
        faults.append(_("Cấp giao chỉ tiêu không có trong danh sách. Hãy chọn lại."))
    if typed["ai-giao"] == ELSEWHERE and not typed["van-ban"]:
        faults.append(_("Chưa ghi cấp nào giao. Hãy ghi tên cấp và văn bản giao, ví dụ “LĐLĐ tỉnh, Công văn 12”."))
    if faults:
        raise Refusal.of(faults)
    known = next((each for each in sources if each.title == vietnamese.clean(typed["van-ban"])), None)
    return {
        "indicator": definition.code,
        "aim": aim,
        "basis": basis,
        "period": span,
        "low": None if aim in (Aim.GRADE, Aim.LTE) else low,
        "high": high if aim in (Aim.LTE, Aim.RANGE) else None,
        "grade": typed["xep-loai"] if aim is Aim.GRADE else "",
        "clause": typed["dieu"],
        "quotation": typed["trich"],
        "term": period.term,
        "source": known,
        "document": "" if known else typed["van-ban"],
    }


def _aim(typed: dict[str, str], definition: Definition, faults: list[str]) -> Aim:
    if definition.measure is Measure.GRADE:
        return Aim.GRADE
    if typed["kieu"] in set(Aim) and typed["kieu"] != Aim.GRADE:
        return Aim(typed["kieu"])
    faults.append(_("Chưa chọn kiểu mức: từ, trên, đúng, không quá hay trong khoảng."))
    return Aim.GTE


def _bound(text: str, faults: list[str]) -> Decimal | None:
    try:
        return bound(text)
    except ValueError:
        faults.append(_("Mức “%(text)s” chưa đúng. Hãy ghi số như 300, 1.500, 92,5 hoặc 15 triệu.") % {"text": text})
        return None


def _until(text: str, period: Period, faults: list[str]) -> Span:
    try:
        return Span.between(period.span.start, parse_partial(text))
    except ValueError:
        faults.append(
            _("Hạn “%(text)s” chưa đúng hoặc trước ngày đầu kỳ. Hãy ghi ngày, tháng hoặc năm, ví dụ 2027.")
            % {"text": text}
        )
        return period.span


def says_the_same(target: Target, fields: Mapping[str, Any]) -> bool:
    """Whether the fields are what the target holds: the same form sent again. Its paper may be known since."""

    def number(value: Decimal | None) -> Decimal | None:
        return None if value is None else round(value, 3)

    end = fields["period"].end if fields["basis"] is Basis.BY_DATE else target.span.end
    paper = fields["source"].title if fields["source"] else vietnamese.clean(fields["document"])[:300]
    return (
        target.indicator, target.aim, target.basis, target.span.end, number(target.low), number(target.high),
        target.grade, target.clause, target.quotation, target.assigned_by, target.source.title if target.source else "",
    ) == (
        fields["indicator"], fields["aim"], fields["basis"], end, number(fields["low"]), number(fields["high"]),
        fields["grade"], vietnamese.clean(fields["clause"]), vietnamese.clean(fields["quotation"]),
        fields["assigned_by"], paper,
    )  # fmt: skip


def sentence(fields: dict[str, Any], unit: UnitCard, above: str) -> str:
    """The target in words: 'Kết nạp mới đoàn viên: từ 300 – 500 người, cả kỳ 2023 – 2028.'"""
    definition = definitions()[fields["indicator"]]
    grade = kinds.grades().get(fields["grade"])
    spec = Spec(fields["aim"], fields["low"], fields["high"], Grade(grade.code, grade.rank) if grade else None)
    return _said(definition, spec, fields["basis"], fields["period"], unit.short, above, fields["clause"])


def sentence_of(target: Target, above: Mapping[str, UnitCard]) -> str:
    """The same of a target that was adopted, without the unit's name."""
    definition = definitions()[target.indicator]
    giver = target.assigned_by.code if target.assigned_by else ""
    return _said(
        definition,
        spec_of(target),
        Basis(target.basis),
        target.span,
        "",
        above[giver].short if giver in above else giver,
        target.clause,
    )


def _said(definition: Definition, spec: Spec, basis: Basis, span: Span, unit: str, above: str, clause: str) -> str:
    when = {
        Basis.TERM: _("cả kỳ %(span)s"),
        Basis.YEARLY: _("mỗi năm trong kỳ %(span)s"),
        Basis.BY_DATE: _("đến hết %(end)s"),
    }[basis] % {"span": vietnamese.span(span), "end": vietnamese.partial(span.end) if span.end else ""}
    parts = [f"{definition.label}: {wording.aim_text(spec, definition)}", when]
    parts += [_("do %(above)s giao") % {"above": above}] if above else []
    parts += [clause] if clause else []
    said = ", ".join(parts)
    return f"{unit}. {said}." if unit else f"{said}."


def aims(definition: Definition, chosen: str) -> list[Choice]:
    """The shapes that a target of this figure may have."""
    if definition.measure is Measure.GRADE:
        return []
    words = {
        Aim.GTE: _("từ … trở lên (ít nhất)"),
        Aim.GT: _("trên …"),
        Aim.EQ: _("đúng …"),
        Aim.RANGE: _("từ … đến …"),
        Aim.LTE: _("không quá …"),
    }
    return [Choice(aim.value, label, (chosen or Aim.GTE) == aim) for aim, label in words.items()]


def bases(chosen: str) -> list[Choice]:
    words = {Basis.TERM: _("tính cả kỳ"), Basis.YEARLY: _("mỗi năm phải đạt"), Basis.BY_DATE: _("đến một ngày")}
    return [Choice(basis.value, label, (chosen or Basis.TERM) == basis) for basis, label in words.items()]


def grades(chosen: str) -> list[Choice]:
    """The grades from the best down; nobody aims at the worst."""
    every = list(kinds.grades().items())
    offered = [(code, term) for code, term in every if code != every[-1][0] or code == chosen]
    return [
        Choice(code, term.label if at == 0 else _("%(grade)s trở lên") % {"grade": term.label}, chosen == code)
        for at, (code, term) in enumerate(offered)
    ]


def origins(above: dict[str, UnitCard], chosen: str) -> list[Choice]:
    """Who set the target."""
    return [
        Choice(OWN, _("Nghị quyết của đơn vị"), chosen == OWN),
        *(Choice(code, _("%(unit)s giao") % {"unit": each.short}, chosen == code) for code, each in above.items()),
        Choice(ELSEWHERE, _("Cấp trên khác giao"), chosen == ELSEWHERE),
    ]


def unit_of(code: str) -> Unit | None:
    return Unit.objects.get(code=code) if code not in (OWN, ELSEWHERE) else None

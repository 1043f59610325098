"""Builds the contents of a report from figures, targets and posts; compares an issued report with today."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from nhiemky.documents.models import IssuedDocument
from nhiemky.documents.queries import issued
from nhiemky.figures import wording
from nhiemky.figures.definitions import definitions
from nhiemky.figures.json import figure_json, target_json
from nhiemky.figures.queries import Asked, Figure, Material, TargetLine, closing_day, figures_of, gather, tally
from nhiemky.figures.queries.board import lines_of, targets_in
from nhiemky.figures.queries.material import opening_of
from nhiemky.foundation.models import Source
from nhiemky.ledger import kinds
from nhiemky.members.models import Transfer
from nhiemky.members.particulars import fields, written
from nhiemky.members.queries import group_on, paid_until, posts_in, posts_left, posts_of
from nhiemky.reports.contents import Line, PostRow, ReportContents, Section, TargetRow
from nhiemky.reports.letters import LETTER, LetterContents
from nhiemky.rules import vietnamese
from nhiemky.rules.quantities import Total
from nhiemky.rules.targets import State
from nhiemky.rules.timeline import PartialDate, Span
from nhiemky.units.models import Term, Unit
from nhiemky.units.queries import Period, ancestors_on, names_of, next_term

CONGRESS = "congress"
DOTS = "………………………"


def report_of(unit: Unit, period: Period, today: date, boundaries: date | None = None) -> ReportContents:
    """The unit's report for the period, as its records stand, on the tree as it was then or on that day's."""
    following = next_term(unit, period.term) if period.term else None
    opening = opening_of(unit, period)
    targets, direction = targets_in(unit, period.span), targets_in(unit, following.whole) if following else []
    spans = [period.span, *([opening] if opening else []), *([following.whole] if following else [])]
    material = gather(unit, spans, today, boundaries)
    # targets are judged on the tree as it was, whatever was asked
    then = gather(unit, spans, today) if boundaries else material
    asked = Asked(period.span, closing_day(unit, period, today), boundaries)
    figures = figures_of(definitions().values(), material, asked)
    known = [figure for figure in figures if figure.is_known]
    congress = _congress(material, opening, asked)
    judged, ahead = lines_of(targets, then, today), lines_of(direction, then, today)
    on = min(period.span.last_day, today)
    above = ancestors_on(unit, on)[:1]
    names = names_of([unit.pk, *above], on)
    here, parent = names[unit.pk], names[above[0]] if above else None
    as_of = opening or Span.on(asked.as_of)
    posts = posts_of(following) if following else posts_in(unit, period.span)
    every = [*known, *congress, *(line.figure for line in judged + ahead)]
    return ReportContents(
        unit_code=unit.code,
        unit_name=here.name,
        unit_short=here.short,
        parent_name=parent.name if parent else "",
        parent_code=parent.code if parent else "",
        kind=here.kind_label,
        kind_code=here.kind,
        block=here.block_label,
        block_code=here.block,
        fictional=unit.fictional,
        title=_title(period, boundaries),
        period_key=period.key,
        period_title=period.title,
        period_text=vietnamese.span(period.span),
        period_span=period.span.isoformat(),
        as_of=vietnamese.span(as_of),
        as_of_span=as_of.isoformat(),
        boundaries=wording.tree_text(boundaries),
        prepared_on=vietnamese.day(today),
        sections=_sections(known, except_for=CONGRESS if congress else ""),
        targets=tuple(_target(line) for line in judged),
        targets_met=_met(judged),
        direction_title=_("Phương hướng nhiệm kỳ %(term)s") % {"term": following.label} if following else "",
        direction=tuple(_target(line) for line in ahead),
        motto=(following or period.term or Term()).motto,
        congress_title=_congress_title(following),
        congress=tuple(_line(figure) for figure in congress),
        posts=tuple(PostRow(post.person, post.role, post.body, post.mandate) for post in posts),
        remarks=tuple(dict.fromkeys([*_remarks_on_tree(boundaries, judged + ahead), *_remarks([*figures, *every])])),
        sources=_sources(every, material, then),
        records_digest=_digest(every, judged + ahead, boundaries),
        boundaries_on=boundaries.isoformat() if boundaries else "",
    )


def _title(period: Period, boundaries: date | None) -> str:
    title = _("Kết quả hoạt động công đoàn %(period)s") % {"period": _lower(period.title)}
    if boundaries is None:
        return title
    return _("%(title)s, theo %(tree)s") % {"title": title, "tree": wording.tree_text(boundaries)}


def _met(judged: Sequence[TargetLine]) -> str:
    """'3/9'; nothing while none can be measured, since 0/9 would read as a failure."""
    if all(line.judgement.state is State.NOT_MEASURABLE for line in judged):
        return ""
    return wording.value_text(tally(judged), judged[0].definition)


def _lower(title: str) -> str:
    return title[:1].lower() + title[1:]


def _congress(material: Material, opening: Span | None, asked: Asked) -> list[Figure]:
    if opening is None:
        return []
    wanted = [each for each in definitions().values() if each.field == CONGRESS]
    figures = figures_of(wanted, material, replace(asked, period=opening))
    return [figure for figure in figures if figure.is_known]


def _congress_title(following: Term | None) -> str:
    if following is None:
        return ""
    if following.ordinal:
        return _("Đại hội lần thứ %(ordinal)s, nhiệm kỳ %(term)s") % {
            "ordinal": vietnamese.roman(following.ordinal),
            "term": following.label,
        }
    return _("Đại hội nhiệm kỳ %(term)s") % {"term": following.label}


def _sections(figures: Sequence[Figure], except_for: str) -> tuple[Section, ...]:
    found = []
    for code, field in kinds.fields().items():
        lines = tuple(_line(figure) for figure in figures if figure.definition.field == code)
        if lines and code != except_for:
            found.append(Section(code, field.label, lines))
    return tuple(found)


def _line(figure: Figure) -> Line:
    definition = figure.definition
    money = figure.money
    flow = "period" in (json := figure_json(figure))
    vague = any(isinstance(total, Total) and total.vague for total in (figure.value, money))
    return Line(
        indicator=definition.code,
        label=definition.label,
        text=wording.full_text(figure.value, definition),
        number=wording.value_text(figure.value, definition),
        word="" if wording.is_money(definition) else wording.word_of(definition),
        money=wording.total_text(money, money=True) if money else "",
        period=figure.asked.period.isoformat(),
        when=vietnamese.span(figure.asked.period) if flow else _stock_day(figure),
        incomplete=vague,
        is_money=wording.is_money(definition),
        json=json,
    )


def _stock_day(figure: Figure) -> str:
    """When the statement behind a stock speaks of, no more exactly than it is known; of several, the day asked for."""
    return vietnamese.span(figure.stated) if figure.stated else wording.as_of_text(figure.asked.as_of)


def _target(line: TargetLine) -> TargetRow:
    return TargetRow(
        code=line.target.code,
        indicator=line.definition.code,
        label=line.definition.label,
        aim=wording.aim_text(line.spec, line.definition),
        measured=wording.full_text(line.figure.value, line.definition),
        state=line.judgement.state.value,
        state_text=wording.state_text(line.judgement),
        reason=wording.reason_text(line.judgement),
        clause=line.target.clause,
        json=target_json(line),
    )


def _remarks_on_tree(boundaries: date | None, targets: Sequence[TargetLine]) -> Iterable[str]:
    if boundaries is None:
        return
    yield _(
        "Mọi việc, mọi số kê khai trong kỳ xếp theo %(tree)s, dù lúc ấy đơn vị đứng ở đâu; của đơn vị ngày ấy không còn hoặc "
        "chưa có thì tính về đơn vị kế thừa, hoặc về cấp trên trực tiếp của nó."
    ) % {"tree": wording.tree_text(boundaries)}
    if targets:
        yield _("Chỉ tiêu luôn đánh giá theo cây tổ chức lúc đó.")


def _remarks(figures: Iterable[Figure]) -> Iterable[str]:
    """What a reader must know of how the figures were made."""
    for figure in {id(figure): figure for figure in figures}.values():
        label = figure.definition.label
        vague = [text for total in (figure.value, figure.money) for text in getattr(total, "vague", ())]
        if vague:
            yield _("%(label)s: “%(text)s” không phải con số nên không cộng vào tổng.") % {
                "label": label,
                "text": ", ".join(vague),
            }
        if figure.covered:
            yield _("%(label)s: %(count)s việc nằm trong một số tổng đã công bố nên không cộng thêm.") % {
                "label": label,
                "count": len(figure.covered),
            }
        if figure.half:
            two = (figure.definition.subject, figure.definition.denominator)
            top, base = (kinds.subjects()[each].label for each in two)
            yield _(
                "%(label)s: cần cả hai số “%(top)s” và “%(base)s” của cùng một đơn vị; "
                "đơn vị mới kê khai một số thì chưa tính."
            ) % {"label": label, "top": top, "base": base}
        if figure.aside:
            yield _("%(label)s: %(count)s bản ghi không tính, vì từ ngày đó đơn vị tính theo sổ đoàn viên.") % {
                "label": label,
                "count": len(figure.aside),
            }
        if figure.pending and figure.is_known:
            yield _("%(label)s: %(count)s công đoàn cơ sở chưa tính theo sổ đoàn viên nên chưa có trong số này.") % {
                "label": label,
                "count": figure.pending,
            }
        if figure.overlapping:
            yield _("%(label)s: %(count)s việc chỉ chạm vào kỳ này nên không tính.") % {
                "label": label,
                "count": len(figure.overlapping),
            }


def _sources(figures: Iterable[Figure], *materials: Material) -> tuple[str, ...]:
    read_from = {fact.code: fact.source for material in materials for fact in material.facts}
    read_from |= {row.code: row.source_id for material in materials for row in material.statements}
    keys = {key for figure in figures for code in figure.records if (key := read_from.get(code))}
    found = Source.objects.filter(pk__in=keys).order_by("pk")
    return tuple("; ".join(filter(None, (each.title, each.publisher, _published(each.published)))) for each in found)


def _published(text: str) -> str:
    """The day of publication as an office writes it; what is no date stays as it is."""
    try:
        return vietnamese.partial(PartialDate.parse(text))
    except ValueError:
        return text


def _digest(figures: Iterable[Figure], targets: Iterable[TargetLine], boundaries: date | None) -> str:
    """SHA-256 over what the report was made from: values, records, units and targets, and no day that only passes.

    Of the tree only another than that of then, so that a report of then keeps the digest that it always had.
    """
    parts = [
        [each.definition.code, repr(each.value), repr(each.money), each.records, each.covered, each.units, each.half]
        + ([each.aside, each.people, each.pending] if each.aside or each.people or each.pending else [])
        for each in figures
    ]
    parts += [[line.target.code, repr(line.spec)] for line in targets]
    parts += [["boundaries", boundaries.isoformat()]] if boundaries else []
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False, default=list).encode()).hexdigest()


@dataclass(frozen=True)
class Difference:
    """A line that would read otherwise today; empty where it is not there."""

    label: str
    issued: str
    today: str


def differences(document: IssuedDocument, now: ReportContents) -> list[Difference]:
    """What the issued report says otherwise than the records say today."""
    issued = _texts(ReportContents.from_json(document.contents))
    today = _texts(now)
    keys = [*issued, *(key for key in today if key not in issued)]
    return [
        Difference(key[1], issued.get(key, ""), today.get(key, "")) for key in keys if issued.get(key) != today.get(key)
    ]


def _texts(contents: ReportContents) -> dict[tuple[str, str], str]:
    lines = [(section.code, line) for section in contents.sections for line in section.lines]
    lines += [(CONGRESS + ".opening", line) for line in contents.congress]
    found = {(place, line.label): " · ".join(filter(None, (line.text, line.money))) for place, line in lines}
    for row in (*contents.targets, *contents.direction):
        found[(row.code, row.label)] = f"{row.aim} · {row.measured} · {row.state_text}"
    return found


def letter_of(transfer: Transfer, today: date) -> LetterContents:
    """What the letter of the transfer says today."""
    person, unit, last_day = transfer.person, transfer.unit, transfer.last_day
    on = min(last_day, today)
    above = ancestors_on(unit, on)[:1]
    to = [transfer.to_unit.pk] if transfer.to_unit else []
    names = names_of([unit.pk, *above, *to], on)
    parent = names[above[0]].name if above else ""
    return LetterContents(
        transfer=transfer.code,
        person=person.code,
        unit_code=unit.code,
        unit_name=names[unit.pk].name,
        parent_name=parent,
        to_name=names[to[0]].name if to else transfer.outside,
        to_code=transfer.to_unit.code if transfer.to_unit else "",
        name=person.name,
        facts=tuple(_particulars(transfer, on)),
        last_day=vietnamese.day(last_day),
        reason=transfer.reason,
        prepared_on=today.isoformat(),
        fictional=unit.fictional,
    )


def _particulars(transfer: Transfer, on: date) -> Iterator[tuple[str, str]]:
    """What a paper of this kind names: dots to write on where nothing is known; the rest only where it is."""
    person, names = transfer.person, fields()
    yield names["name"].label, person.name
    for code in ("born", "sex", "card", "union_since"):
        yield names[code].label, written(person, code) or DOTS
    for code in ("union_place", "job", "workplace"):
        if value := written(person, code):
            yield names[code].label, value
    if group := group_on(person, on):
        yield _("Tổ công đoàn"), group
    for post in posts_left(person, None, on):
        yield _("Chức danh công đoàn"), f"{post.role}, {post.body}"
    paid = paid_until(person, transfer.unit)
    yield _("Đoàn phí đã đóng"), _("đến hết tháng %(month)s") % {"month": f"{paid:%m/%Y}"} if paid else DOTS


def letters_of(transfer: Transfer) -> QuerySet[IssuedDocument]:
    """The letters that were issued for the transfer, latest first."""
    return issued(transfer.unit.code).filter(kind=LETTER, contents__transfer=transfer.code)

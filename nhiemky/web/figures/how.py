"""How a figure was made, in one or two sentences that a reader can check."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nhiemky.figures.queries.behind import KINDS
from nhiemky.foundation import catalogue
from nhiemky.ledger import kinds
from nhiemky.members.features import features
from nhiemky.rules import vietnamese
from nhiemky.rules.indicators import Definition, Measure
from nhiemky.rules.timeline import Span

MOST_WORKS = 6
_SENTENCES = {
    Measure.COUNT: gettext_lazy("Cộng số %(word)s của việc %(works)s, kỳ %(period)s, của %(scope)s."),
    Measure.MONEY: gettext_lazy("Cộng số tiền của việc %(works)s, kỳ %(period)s, của %(scope)s."),
    Measure.SHARE: gettext_lazy(
        "Số %(word)s đạt trên tổng số %(word)s của việc %(works)s, kỳ %(period)s, của %(scope)s."
    ),
    Measure.TARGETS: gettext_lazy("Số %(word)s đạt trên tổng số theo việc %(works)s, kỳ %(period)s, của %(scope)s."),
    Measure.PER_UNIT: gettext_lazy(
        "Số %(word)s của việc %(works)s, kỳ %(period)s, của %(scope)s, chia cho %(count)s cấp công đoàn."
    ),
    Measure.STOCK: gettext_lazy(
        "Số %(subject)s mới nhất đã kê khai đến ngày %(day)s, của %(scope)s. "
        "Đơn vị đã công bố số chung cho cả cấp dưới thì lấy số chung đó."
    ),
    Measure.RATIO: gettext_lazy(
        "Số %(subject)s chia cho số %(base)s, theo số mới nhất đến ngày %(day)s, của %(scope)s."
    ),
    Measure.STATED: gettext_lazy(
        "Tỷ lệ do %(unit)s công bố trong kỳ %(period)s, giữ nguyên như nguồn, không cộng, không chia."
    ),
    Measure.GRADE: gettext_lazy("Kết quả xếp loại mới nhất của %(unit)s trong kỳ %(period)s."),
    Measure.GRADED: gettext_lazy(
        "Số công đoàn cơ sở%(block)s được xếp “%(grade)s” trở lên trên tổng số công đoàn cơ sở%(block)s đang hoạt động, "
        "theo năm xếp loại mới nhất trong kỳ %(period)s, của %(scope)s. Nơi chưa có kết quả tính là chưa đạt."
    ),
    Measure.PERSONS: gettext_lazy(
        "Đếm người của sổ đoàn viên được ghi tên ở việc %(works)s, kỳ %(period)s, của %(scope)s. Mỗi người tính một lần "
        "dù được ghi bao nhiêu lần, ở bao nhiêu đơn vị; việc chỉ ghi số người mà không ghi tên thì không có trong số này."
    ),
    Measure.MEMBERS: gettext_lazy("Đếm đoàn viên trong sổ%(features)s ngày %(day)s, của %(scope)s."),
}
_FROM_REGISTER = gettext_lazy("Đếm theo sổ đoàn viên: %(works)s%(features)s, kỳ %(period)s, của %(scope)s.")
_OUR_TALLY = gettext_lazy("Đếm trên bảng chỉ tiêu của %(unit)s, kỳ %(period)s: số chỉ tiêu đạt trên số chỉ tiêu đề ra.")


def how_made(
    definition: Definition,
    *,
    unit: str,
    below: int,
    period: Span,
    as_of: date,
    published: bool = True,
    register: bool = False,
    tree: date | None = None,
    divided_by: int | None = None,
) -> str:
    """`below` units stood under the unit on that day; `published` tells a published tally from one we counted.

    `register`: the register of members speaks in the place of some units. `tree`: the day whose tree was asked for,
    on which `below` stand. `divided_by`: the units of an average, where they are not these.
    """
    given = {
        "word": _word(definition),
        "works": _works(definition),
        "subject": _subject(definition.subject),
        "base": _subject(definition.denominator),
        "period": vietnamese.span(period),
        "day": vietnamese.day(as_of),
        "scope": unit if definition.own else _scope(unit, below, as_of, tree),
        "unit": unit,
        "count": vietnamese.number(below + 1 if divided_by is None else divided_by),
        "block": _block(definition.block),
        "grade": _grade(definition.grade),
        "features": _features(definition) if definition.register else "",
    }
    if definition.register and definition.measure is Measure.COUNT:
        return str(_FROM_REGISTER) % given
    ours = definition.measure is Measure.TARGETS and not published
    said = str(_OUR_TALLY if ours else _SENTENCES[definition.measure]) % given
    if ours and tree:
        said = f"{said} {_('Chỉ tiêu luôn đánh giá theo cây tổ chức lúc đó.')}"
    if register and definition.measure is not Measure.MEMBERS:
        said = f"{said} {_('Đơn vị đã tính theo sổ thì đếm trong sổ đoàn viên.')}"
    return said


def _scope(unit: str, below: int, as_of: date, tree: date | None) -> str:
    if tree:
        return _("%(unit)s và các đơn vị cấp dưới trên cây tổ chức ngày %(day)s (%(below)s đơn vị)") % {
            "unit": unit,
            "below": vietnamese.number(below),
            "day": vietnamese.day(tree),
        }
    if not below:
        return unit
    return _("%(unit)s và các đơn vị cấp dưới lúc đó (%(below)s đơn vị ngày %(day)s)") % {
        "unit": unit,
        "below": vietnamese.number(below),
        "day": vietnamese.day(as_of),
    }


def _word(definition: Definition) -> str:
    return kinds.words()[definition.word].label if definition.word else ""


def _works(definition: Definition) -> str:
    """'“Thăm hỏi”, “Tặng quà”, trong đó: hình thức khen thưởng là bằng khen'."""
    if definition.register:
        return ", ".join(f"“{KINDS[kind]}”" for kind in definition.kinds)
    if len(definition.kinds) > MOST_WORKS and definition.measure is not Measure.PERSONS:
        return _("thuộc lĩnh vực “%(field)s”") % {"field": kinds.fields()[definition.field].label}
    named = ", ".join(f"“{kinds.kinds()[kind].label}”" for kind in definition.kinds)
    labels, values = kinds.dimension_labels(), kinds.dimension_values()
    where = [f"{labels[name].lower()}: {values[name][value]}" for name, value in definition.where]
    return f"{named} ({'; '.join(where)})" if where else named


def _features(definition: Definition) -> str:
    """' (giới tính: nữ)'."""
    known = features()
    said = [f"{known[name].label}: {known[name].values[value]}" for name, value in definition.where]
    return f" ({'; '.join(said)})" if said else ""


def _subject(code: str) -> str:
    if not code:
        return ""
    label = kinds.subjects()[code].label
    return label[:1].lower() + label[1:]


def _block(code: str) -> str:
    if not code:
        return ""
    label = catalogue.terms("catalogue/blocks.toml", "block")[code].label
    return _(" khối %(block)s") % {"block": label.lower()}


def _grade(code: str) -> str:
    return kinds.grades()[code].label if code else ""

"""Entering a new member: who they are, how they joined, and whether the register has them already."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from nhiemky.foundation import catalogue
from nhiemky.foundation.refusals import Refusal
from nhiemky.members.actions import Newcomer, admit_members
from nhiemky.members.models import Membership, Person
from nhiemky.members.particulars import fields, groups
from nhiemky.members.queries import alike, groups_under
from nhiemky.rules.timeline import Span
from nhiemky.units.models import Unit
from nhiemky.web import access
from nhiemky.web.members import particulars, same_person
from nhiemky.web.members.boxes import Box, Typed, choose
from nhiemky.web.members.forms import Part, Sheet, Write, handled, href_of, typed_in
from nhiemky.web.units.ended import no_more_members
from nhiemky.web.words import first_lower

OTHER = "khac"
# dated from the membership where the form leaves them empty
OF_ADMISSION = ("union_since", "admission")


@access.form
def new(request: HttpRequest, code: str) -> HttpResponse:
    """One member: the least that is needed first, the rest folded."""
    unit = access.unit_to_record(request, code)
    no_more_members(request, unit)
    typed = typed_in(request)
    values = particulars.columns(typed, fields()) if typed.sent else {}
    join = Joining(typed, unit)
    found = alike(values, unit) if typed.sent and not typed.wrong else []
    chosen = next((each for each in found if each.code == typed.given.get("la-ai")), None)
    same = same_person.shown_pairs(request, found, unit)

    def sheet() -> Sheet:
        parts = [
            Part("", particulars.boxes(typed, particulars.FIRST)),
            Part(_("Vào công đoàn"), join.boxes()),
            *(
                Part(f"{label}: {_named(group)}", particulars.boxes(typed, _rest(group)), folded=True)
                for group, label in groups().items()
                if _rest(group)
            ),
        ]
        given = {"same": same, "chosen": typed.given.get("la-ai", ""), "other": OTHER}
        button = _("Ghi đoàn viên")
        return Sheet("doan-vien", _("Thêm đoàn viên"), button, parts, template="web/members/new.html", given=given)

    def do(code: str) -> Membership:
        if found and chosen is None and typed.given.get("la-ai") != OTHER:
            raise Refusal(_("Sổ đã có người giống người vừa ghi. Hãy so hai bên ở dưới rồi chọn."))
        same_person.refuse_member(request, chosen, unit, access.today())
        newcomer = Newcomer({} if chosen else with_admission(values, join), chosen)
        return admit_members(by=request.user, unit=unit, newcomers=[newcomer], code=code, **join.given())[0]

    def is_same(row: Membership) -> bool:
        return join.is_of(row) and (
            row.person_id == chosen.pk if chosen else says(row.person, with_admission(values, join))
        )

    def done(row: Membership) -> str:
        said = _("Đã ghi đoàn viên %(name)s.") % {"name": row.person.name}
        return " ".join([said, *typed.warnings.values()])

    return handled(
        request, unit, typed, sheet, Write(written_row(unit), is_same, do, done, lambda row: href_of(row.person))
    )


def _rest(group: str) -> list[str]:
    return [code for code in particulars.codes_of(group) if code not in particulars.FIRST]


def _named(group: str) -> str:
    """What one finds behind the heading of a folded part."""
    labels = [first_lower(fields()[code].label) for code in _rest(group)]
    return ", ".join(labels[:3]) + (", …" if labels[3:] else "")


def written_row(unit: Unit) -> Any:
    """What finds the membership that a form made."""
    return lambda code: Membership.objects.filter(code=code, unit=unit).select_related("person").first()


def says(person: Person, values: dict[str, Any]) -> bool:
    """Whether the record holds just these values."""
    return all(getattr(person, name) == value for name, value in values.items())


def with_admission(values: dict[str, Any], join: Joining) -> dict[str, Any]:
    """Of somebody admitted here, the day and the decision are those of the membership unless others were typed."""
    if join.is_admission and join.span and not values.get("union_since"):
        start = join.span.start
        assert start
        values = values | {
            "union_since": start.first, "union_since_precision": start.precision.value,
            "admission": values.get("admission") or join.decision,
        }  # fmt: skip
    return values


class Joining:
    """How somebody joins a unit: the day, the way, the decision, the group."""

    def __init__(self, typed: Typed, unit: Unit, begun: str = "individual", only: tuple[str, ...] = ()) -> None:
        self.typed, self.unit = typed, unit
        terms = catalogue.terms("catalogue/joinings.toml", "joining")
        self.ways = {code: term.label for code, term in terms.items() if not only or code in only}
        self.begun = begun
        self.groups = [(each.code, each.short) for each in groups_under(unit, access.today())]
        self.span: Span | None = None
        self.way = self.decision = ""
        self.group: Unit | None = None
        if typed.sent:
            self._read()

    def _read(self) -> None:
        typed = self.typed
        start = typed.day("tu", _("Ngày vào"))
        self.span = Span.between(start, None) if start else None
        self.way = typed.choice("cach", self.ways, _("Chưa chọn vào công đoàn theo cách nào. Hãy chọn một cách."))
        self.decision = typed.text("qd", 120)
        chosen = typed.given.get("to", "")
        if chosen:
            codes = [code for code, _label in self.groups]
            typed.choice("to", codes, _("Tổ này không thuộc đơn vị. Hãy chọn lại tổ."))
            self.group = Unit.objects.filter(code=chosen).first() if chosen in codes else None

    @property
    def is_admission(self) -> bool:
        terms = catalogue.terms("catalogue/joinings.toml", "joining")
        return self.way in terms and terms[self.way].group == "admission"

    def boxes(self) -> list[Box]:
        typed = self.typed
        found = [
            typed.box("tu", _("Là đoàn viên của đơn vị từ ngày"), wanted=True, short=True,
                      help=_("Ngày trong quyết định. Chỉ nhớ 06/1988 hoặc 1988 cũng được.")),
            typed.box("cach", _("Vào theo cách nào"), self.begun, kind="choice", options=choose(self.ways.items()),
                      wanted=True),
            typed.box("qd", _("Số, ngày quyết định"), longest=120, help=_("Ví dụ 12/QĐ-CĐCS ngày 05/6/2026.")),
        ]  # fmt: skip
        if self.groups:
            options = choose(self.groups)
            found.append(typed.box("to", _("Tổ, công đoàn bộ phận"), kind="choice", options=options))
        return found

    def given(self) -> dict[str, Any]:
        """What `admit_members` is told."""
        return {"since": self.span, "joining": self.way, "decision": self.decision, "group": self.group}

    def is_of(self, row: Membership) -> bool:
        """Whether the row began in this way."""
        return (row.span.start, row.joining, row.decision) == (
            self.span.start if self.span else None, self.way, self.decision,
        )  # fmt: skip

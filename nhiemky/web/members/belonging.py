"""Leaving, joining again, what was written wrongly of a membership, and the group."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from nhiemky.foundation import catalogue
from nhiemky.members.actions import (
    Newcomer,
    admit_members,
    annul_membership,
    correct_membership,
    leave_unit,
    set_group,
)
from nhiemky.members.models import Grouping, Membership, Person
from nhiemky.members.queries import groups_under, life_of
from nhiemky.rules.timeline import PartialDate, Span
from nhiemky.rules.vietnamese import partial, span
from nhiemky.units.models import Unit
from nhiemky.web import access
from nhiemky.web.members.boxes import choose
from nhiemky.web.members.entering import Joining, written_row
from nhiemky.web.members.forms import Part, Sheet, Write, handled, href_of, typed_in
from nhiemky.web.once import kept_reason

NO_GROUP = "-"


def _running(person: Person, unit: Unit) -> Membership:
    """The membership that has no end yet; 404 where there is none."""
    rows = [row for row in life_of(person).known if row.unit_id == unit.pk and row.ends_before is None]
    if not rows:
        raise Http404
    return rows[0]


def leavings(besides: str = "") -> list[tuple[str, str]]:
    """Why a membership can end; who moves does so by a transfer, or with the unit by a reorganisation."""
    terms = catalogue.terms("catalogue/leavings.toml", "leaving")
    return [
        (code, term.label) for code, term in terms.items() if code not in ("moved", "reorganised") or code == besides
    ]


@access.form
def leave(request: HttpRequest, code: str) -> HttpResponse:
    person, unit = access.person_to_record(request, code)
    typed = typed_in(request)
    form = f"roi:{person.code}"
    made = written_row(unit)
    last, why, decision = None, "", ""
    if typed.sent:
        last = typed.day("den", _("Ngày cuối"), ahead=True)
        why = typed.choice("ly-do", [code for code, _label in leavings()], _("Chưa chọn lý do. Hãy chọn một lý do."))
        decision = typed.text("qd", 120)
    else:
        _running(person, unit)

    def sheet() -> Sheet:
        boxes = [
            typed.box("ly-do", _("Vì sao rời đơn vị"), kind="choice", options=choose(leavings()), wanted=True),
            typed.box("den", _("Ngày cuối là đoàn viên của đơn vị"), wanted=True, short=True,
                      help=_("Ví dụ 30/6/2026. Ngày này vẫn còn tính là đoàn viên.")),
            typed.box("qd", _("Số, ngày quyết định cho ra"), longest=120),
        ]  # fmt: skip
        return Sheet(
            form, _("Ghi rời đơn vị"), _("Ghi ngày rời"), [Part("", boxes)], _consequences(person),
            template="web/members/leave.html",
        )  # fmt: skip

    def do(code: str) -> Membership:
        assert last is not None
        row = _running(person, unit)
        return leave_unit(by=request.user, membership=row, last=last, leaving=why, leaving_decision=decision, code=code)

    def same(row: Membership) -> bool:
        return (row.span.end, row.leaving, row.leaving_decision) == (last, why, decision)

    def done(row: Membership) -> str:
        return _("Đã ghi %(name)s rời đơn vị, ngày cuối %(day)s.") % {
            "name": person.name, "day": partial(row.span.end) if row.span.end else "",
        }  # fmt: skip

    return handled(request, unit, typed, sheet, Write(made, same, do, done, lambda _row: href_of(person)), person)


def _consequences(person: Person) -> list[str]:
    """What follows from leaving, and what is to be settled first."""
    life = life_of(person)
    said = [_("Sau ngày cuối, người này không còn tính là đoàn viên của đơn vị; hồ sơ và lịch sử giữ nguyên.")]
    if any(row.span.holds(access.today()) for row in life.posts):
        said.append(_("Người này đang giữ chức danh. Hãy ghi thôi giữ chức danh nếu đã có quyết định."))
    return said


@access.form
def rejoin(request: HttpRequest, code: str) -> HttpResponse:
    """Who left and asks again: the upper union considers it (charter 2.1)."""
    person, unit = access.person_to_record(request, code)
    typed = typed_in(request)
    join = Joining(typed, unit, "again", only=("again",))
    if typed.sent:
        typed.wanted(
            "qd", _("Chưa có quyết định. Kết nạp lại do công đoàn cấp trên xem xét: hãy ghi số, ngày quyết định.")
        )
    elif any(row.ends_before is None for row in life_of(person).known):
        raise Http404

    def sheet() -> Sheet:
        boxes = [box for box in join.boxes() if box.name not in ("cach", "qd")]
        boxes.insert(0, typed.box(
            "qd", _("Quyết định của công đoàn cấp trên"), longest=120, wanted=True,
            help=_("Ví dụ 45/QĐ-LĐLĐ ngày 05/6/2026."),
        ))  # fmt: skip
        lead = [_("Người đã ra khỏi công đoàn được kết nạp lại khi công đoàn cấp trên xem xét, quyết định.")]
        # one way only, so it is not asked for
        given = {"hidden": [("cach", "again")]}
        return Sheet(
            f"lai:{person.code}", _("Kết nạp lại"), _("Ghi kết nạp lại"), [Part("", boxes)], lead,
            template="web/members/rejoin.html", given=given,
        )  # fmt: skip

    def do(code: str) -> Membership:
        return admit_members(by=request.user, unit=unit, newcomers=[Newcomer({}, person)], code=code, **join.given())[0]

    def done(_row: Membership) -> str:
        return _("Đã ghi kết nạp lại %(name)s.") % {"name": person.name}

    write = Write(written_row(unit), join.is_of, do, done, lambda _row: href_of(person))
    return handled(request, unit, typed, sheet, write, person)


def _row_of(person: Person, unit: Unit, row: str) -> Membership:
    """The membership row of that code, of this person in this unit."""
    found = next((each for each in life_of(person).memberships if each.code == row), None)
    if found is None or found.unit_id != unit.pk:
        raise Http404
    return found


@access.form
def correct(request: HttpRequest, code: str, row: str) -> HttpResponse:
    """The membership was written wrongly; who left is written as leaving, not as a correction."""
    person, unit = access.person_to_record(request, code)
    old = _row_of(person, unit, row)
    typed = typed_in(request)
    ways = [(code, term.label) for code, term in catalogue.terms("catalogue/joinings.toml", "joining").items()]
    valid: Span | None = None
    fields: dict[str, str] = {}
    if typed.sent:
        first = typed.day("tu", _("Ngày vào"))
        last = typed.day("den", _("Ngày cuối"), wanted=False, ahead=True)
        valid = typed.between(first, last, "den")
        fields = {
            "joining": typed.choice("cach", ["", *dict(ways)], _("Hãy chọn lại cách vào.")),
            "leaving": typed.choice("ly-do", ["", *dict(leavings(old.leaving))], _("Hãy chọn lại lý do.")),
            "decision": typed.text("qd", 120),
            "leaving_decision": typed.text("qd-ra", 120),
        }

    def sheet() -> Sheet:
        start, end = old.span.start, old.span.end
        boxes = [
            typed.box("tu", _("Là đoàn viên của đơn vị từ ngày"), _partial(start), wanted=True, short=True),
            typed.box("cach", _("Vào theo cách nào"), old.joining, kind="choice", options=choose(ways)),
            typed.box("qd", _("Số, ngày quyết định"), old.decision, longest=120),
            typed.box("den", _("Ngày cuối, nếu đã rời"), _partial(end), short=True),
            typed.box("ly-do", _("Vì sao rời đơn vị"), old.leaving, kind="choice",
                      options=choose(leavings(old.leaving))),
            typed.box("qd-ra", _("Số, ngày quyết định cho ra"), old.leaving_decision, longest=120),
        ]  # fmt: skip
        lead = [_("Sửa chỗ đã ghi sai ngay từ đầu. Nội dung cũ vẫn còn trong lịch sử, có gạch bỏ.")]
        return Sheet(f"sua-vao:{old.code}", _("Sửa lần vào đơn vị"), _("Lưu"), [Part("", boxes)], lead)

    def do(code: str) -> Membership:
        assert valid is not None
        return correct_membership(by=request.user, membership=old, valid=valid, code=code, **fields)

    def same(made: Membership) -> bool:
        return made.span == valid and all(getattr(made, name) == value for name, value in fields.items())

    def done(_row: Membership) -> str:
        return _("Đã sửa.")

    write = Write(written_row(unit), same, do, done, lambda _row: href_of(person))
    return handled(request, unit, typed, sheet, write, person)


@access.form
def annul(request: HttpRequest, code: str, row: str) -> HttpResponse:
    """The person never was a member there."""
    person, unit = access.person_to_record(request, code)
    old = _row_of(person, unit, row)
    typed = typed_in(request)
    reason = typed.wanted("ly-do", _("Chưa có lý do. Hãy ghi vì sao bỏ dòng này.")) if typed.sent else ""

    def sheet() -> Sheet:
        boxes = [typed.box("ly-do", _("Vì sao bỏ"), longest=300, wanted=True, help=_("Ví dụ: ghi nhầm người."))]
        lead = [
            _("Bỏ dòng: đoàn viên của đơn vị, %(span)s.") % {"span": span(old.span)},
            _("Chỉ bỏ khi người này chưa từng là đoàn viên ở đây. Dòng đã bỏ vẫn còn trong lịch sử, có gạch bỏ."),
        ]
        return Sheet(f"bo-vao:{old.code}", _("Bỏ dòng ghi nhầm"), _("Bỏ dòng này"), [Part("", boxes)], lead)

    def do(_code: str) -> Any:
        annul_membership(by=request.user, membership=old, reason=kept_reason(reason))
        return old

    def find(_code: str) -> Membership | None:
        """A row that this form annulled has nothing in its place."""
        return old if old.superseded_at and not hasattr(old, "replaced_by") else None

    def done(_row: Membership) -> str:
        return _("Đã bỏ dòng ghi nhầm.")

    write = Write(find, lambda _row: True, do, done, lambda _row: href_of(person))
    return handled(request, unit, typed, sheet, write, person)


@access.form
def group(request: HttpRequest, code: str) -> HttpResponse:
    person, unit = access.person_to_record(request, code)
    typed = typed_in(request)
    groups = [(each.code, each.short) for each in groups_under(unit, access.today())]
    since, chosen = None, ""
    if typed.sent:
        since = typed.day("tu", _("Từ ngày"), ahead=True)
        chosen = typed.choice("to", [NO_GROUP, *dict(groups)], _("Chưa chọn tổ. Hãy chọn một tổ."))

    def sheet() -> Sheet:
        now = life_of(person).grouping_on(access.today())
        options = choose([*groups, (NO_GROUP, _("Không ở tổ nào"))])
        boxes = [
            typed.box("to", _("Tổ, công đoàn bộ phận"), now.group.code if now else "", kind="choice", options=options,
                      wanted=True),
            typed.box("tu", _("Từ ngày"), wanted=True, short=True, help=_("Ví dụ 5/6/2026.")),
        ]  # fmt: skip
        lead = [] if groups else [_("Đơn vị chưa có tổ hay công đoàn bộ phận nào.")]
        return Sheet(f"to:{person.code}", _("Xếp tổ"), _("Ghi tổ"), [Part("", boxes)], lead)

    def do(code: str) -> Any:
        assert since is not None
        to = Unit.objects.get(code=chosen) if chosen != NO_GROUP else None
        return set_group(by=request.user, unit=unit, person=person, group=to, since=since.first, code=code)

    def find(code: str) -> Grouping | None:
        return Grouping.objects.filter(code=code).select_related("group").first()

    def same(row: Grouping) -> bool:
        return since is not None and (row.starts_on, row.group.code) == (since.first, chosen)

    def done(_row: Any) -> str:
        return _("Đã ghi tổ.")

    return handled(request, unit, typed, sheet, Write(find, same, do, done, lambda _row: href_of(person)), person)


def _partial(value: PartialDate | None) -> str:
    return partial(value) if value else ""

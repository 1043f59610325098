"""Lists of members as files: any list with its filters, and the official short list (danh sách trích ngang)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, BinaryIO

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from nhiemky.documents.rosters import Head, Roster, write_roster
from nhiemky.documents.sheets import Column, Sheet, write_long
from nhiemky.foundation import catalogue
from nhiemky.foundation.refusals import NotAllowed
from nhiemky.foundation.roles import Right
from nhiemky.members.actions import take_list
from nhiemky.members.masking import Sight, shown
from nhiemky.members.models import Person, Post, Standing
from nhiemky.members.particulars import choices, fields, written
from nhiemky.members.queries.register import Listing, Wanted, held_on
from nhiemky.rules import vietnamese
from nhiemky.units.queries import alive_on, ancestors_on, names_of
from nhiemky.web import access
from nhiemky.web.files import attachment
from nhiemky.web.members.asking import Asked
from nhiemky.web.members.list import Scope
from nhiemky.web.members.rows import Known

SECRET = ("id_number", "id_issued", "id_issuer")
WIDTHS = {
    "name": 28, "job": 26, "workplace": 28, "address": 36, "home": 26, "email": 26, "union_place": 26,
    "born": 12, "sex": 9, "ethnicity": 10, "religion": 12, "foreigner": 10, "union_since": 12, "id_number": 15,
    "id_issued": 12, "phone": 13, "card": 14, "theory": 13, "it": 13, "language": 13,
}  # fmt: skip


@access.form
def export(request: HttpRequest, code: str) -> HttpResponse:
    """Every particular of the list's persons, masked as on the page; asked for with a reason, the secret ones too."""
    unit = access.unit_to_read(request, code)
    asked = Asked.of(request, access.today())
    scope = Scope.of(request, unit, asked)
    wanted = scope.wanted(asked)
    opened: tuple[str, ...] = ()
    if request.method == "POST":
        if not access.can(request, Right.RECORD, unit):
            raise NotAllowed(
                _("Bạn có quyền xem đơn vị này, chưa được giao quyền tải số CCCD. Hãy tải danh sách thường.")
            )
        count = Listing.of(wanted).sum().count
        take_list(by=request.user, unit=unit, codes=SECRET, count=count, reason=request.POST.get("ly-do", ""))
        opened = SECRET
    title = f"{_('Danh sách đoàn viên')} – {scope.card.name}"
    sheet = Sheet(_("Đoàn viên"), title, _columns(), (), _notes(asked, opened), leading=1)
    return _file(write_long(sheet, _lines(request, wanted, asked.day, opened)), f"doan-vien-{unit.code}")


@access.signed_in
@require_safe
def brief_list(request: HttpRequest, code: str) -> HttpResponse:
    """The short list as an office submits it: of the unit's committee, or of the list as it is filtered."""
    unit = access.unit_to_read(request, code)
    asked = Asked.of(request, access.today())
    scope = Scope.of(request, unit, asked)
    above = ancestors_on(unit, min(asked.day, unit.span.last_day))[:1]
    parent = names_of(above, asked.day)[above[0]].name if above else ""
    body = request.GET.get("ban", "")
    bodies = catalogue.terms("catalogue/bodies.toml", "body")
    title = [_("DANH SÁCH TRÍCH NGANG")]
    if body in bodies:
        title.append(f"{bodies[body].label} {scope.card.name}")
        rows = _brief(request, _committee(unit.pk, body, asked.day), asked.day, unit.pk, body)
    else:
        title.append(_("Đoàn viên %(unit)s") % {"unit": scope.card.name})
        rows = _all_brief(request, scope.wanted(asked), asked.day)
    roster = Roster(
        name=_("Trích ngang"),
        issuer=tuple(filter(None, (parent.upper(), scope.card.name.upper()))),
        place_and_date=_("ngày %(day)s tháng %(month)s năm %(year)s") % {
            "day": f"{access.today().day:02d}", "month": f"{access.today().month:02d}", "year": access.today().year,
        },
        title=(*title, _("(tính đến ngày %(day)s)") % {"day": vietnamese.day(asked.day)}),
        heads=_brief_heads(),
        signers=(_("NGƯỜI LẬP BIỂU"), _("TM. BAN CHẤP HÀNH")),
        note=_("Đơn vị hư cấu, số liệu minh họa") if scope.card.fictional else "",
    )  # fmt: skip
    return _file(write_roster(roster, rows), f"trich-ngang-{unit.code}")


def _file(kept: BinaryIO, name: str) -> HttpResponse:
    """Packed, a list of 200,000 persons has some 20 MB; only the rows would be too much to hold."""
    with kept:
        answer = attachment(kept.read(), "xlsx", name)
    answer["Cache-Control"] = "private, no-store"
    return answer


# ---- any list


def _columns() -> tuple[Column, ...]:
    return (
        *(Column(field.label, WIDTHS.get(field.code, 18)) for field in fields().values()),
        Column(_("Công đoàn"), 36),
        Column(_("Ngày về đơn vị"), 14),
        Column(_("Ngày rời đơn vị"), 14),
        Column(_("Tư cách, tình trạng"), 30),
        # by it a list is put beside another; nobody reads it
        Column(_("Mã trong sổ"), 22),
    )


def _notes(asked: Asked, opened: Sequence[str]) -> list[str]:
    notes = [_("Danh sách tính đến ngày %(day)s.") % {"day": vietnamese.day(asked.day)}]
    if not opened:
        notes.append(_("Mục có dấu ••• được che theo quyền của người tải."))
    return notes


def _lines(request: HttpRequest, wanted: Wanted, day: date, opened: Sequence[str]) -> Iterator[Sequence[Any]]:
    for persons in Listing.of(wanted).everyone():
        known = Known.of(request, persons, day)
        for person in persons:
            yield _line(person, known, day, opened)


def _line(person: Person, known: Known, day: date, opened: Sequence[str]) -> Sequence[Any]:
    home, sight = known.homes.get(person.pk), known.sight(person)
    clear = opened if sight is Sight.NEAR else ()
    ended = home.span.end if home else None
    return (
        *(
            person.shown if code == "name" else written(person, code) if code in clear else shown(person, code, sight)
            for code in fields()
        ),
        known.units.get(home.unit_id, "") if home else "",
        vietnamese.partial(home.span.start) if home and home.span.start else "",
        vietnamese.partial(ended) if ended and ended.last < day else "",
        ", ".join(known.tags(person)),
        person.code,
    )


# ---- the short list


def _brief_heads() -> tuple[Head, ...]:
    return (
        Head(_("Họ và tên"), 24),
        Head(_("Ngày, tháng, năm sinh"), under=(Head(_("Nam"), 11, centred=True), Head(_("Nữ"), 11, centred=True))),
        Head(_("Dân tộc"), 9, centred=True),
        Head(_("Chức vụ, đơn vị công tác"), 34),
        Head(
            _("Trình độ"),
            under=(
                Head(_("Học vấn"), 12, centred=True),
                Head(_("Chuyên môn"), 12, centred=True),
                Head(_("Lý luận chính trị"), 12, centred=True),
            ),
        ),
        Head(_("Ngày vào Đảng"), 12, centred=True),
        Head(_("Chức vụ công đoàn"), 28),
        Head(_("Ghi chú"), 12),
    )


def _committee(unit: int, body: str, day: date) -> list[Person]:
    """Who sits in the body on the day, in the order of its roles."""
    order = list(catalogue.terms("catalogue/bodies.toml", "role"))
    rows = Post.objects.filter(unit=unit, body=body, superseded_at__isnull=True).filter(alive_on(day))
    found: dict[int, Person] = {}
    for row in sorted(
        rows.select_related("person__same_as"), key=lambda row: (order.index(row.role), row.person.sort_key)
    ):
        person = row.person.same_as or row.person
        found.setdefault(person.pk, person)
    return list(found.values())


def _all_brief(request: HttpRequest, wanted: Wanted, day: date) -> Iterator[Sequence[Any]]:
    for persons in Listing.of(wanted).everyone():
        yield from _brief(request, persons, day)


def _brief(
    request: HttpRequest, persons: Sequence[Person], day: date, unit: int | None = None, body: str = ""
) -> Iterator[Sequence[Any]]:
    """Lines of the short list; with `body` the posts at that unit alone."""
    known = Known.of(request, persons, day)
    posts: dict[int, list[Post]] = held_on(Post, persons, day)
    names = names_of({row.unit_id for rows in posts.values() for row in rows}, day)
    roles = catalogue.terms("catalogue/bodies.toml", "role")
    bodies = catalogue.terms("catalogue/bodies.toml", "body")
    for person in persons:
        sight = known.sight(person)
        held = [row for row in posts.get(person.pk, ()) if unit is None or row.unit_id == unit]
        held.sort(key=lambda row: (row.body != body, list(roles).index(row.role)))
        said = dict.fromkeys(
            f"{roles[row.role].label}" if body and row.body == body
            else f"{roles[row.role].label} {bodies[row.body].label}" + ("" if body else f" {names[row.unit_id].short}")
            for row in held
        )  # fmt: skip
        born = shown(person, "born", sight)
        party = [row for row in known.standings.get(person.pk, ()) if row.kind == "party"]
        yield (
            person.shown,
            "" if person.sex == "female" else born,
            born if person.sex == "female" else "",
            shown(person, "ethnicity", sight),
            "; ".join(filter(None, (person.job, person.department, person.workplace))),
            choices("education").get(person.education, ""),
            choices("qualification").get(person.qualification, ""),
            choices("theory").get(person.theory, ""),
            _since(party[0]) if party else "",
            "; ".join(said),
            "",
        )


def _since(row: Standing) -> str:
    return vietnamese.partial(row.span.start) if row.span.start else _("có")

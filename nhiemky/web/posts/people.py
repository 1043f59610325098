"""Choosing who takes up a post: members found by name, or somebody whom the register does not have yet.

Names are sent in the form, never in the address.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest
from django.utils.translation import gettext as _

from nhiemky.members.models import Person
from nhiemky.members.queries.mandates import members_to_post
from nhiemky.members.queries.posts import posts_on
from nhiemky.rules.vietnamese import clean, fold
from nhiemky.units.models import Unit
from nhiemky.web import access

NEW = "moi"
MOST = 20


@dataclass(frozen=True)
class Candidate:
    """Somebody to choose: name, and what tells them from others of the same name."""

    code: str
    name: str
    about: str
    held: str
    chosen: bool


@dataclass(frozen=True)
class Found:
    """Who was found for a typed name; `asked` says that somebody was looked for."""

    people: tuple[Candidate, ...] = ()
    more: bool = False
    asked: bool = False
    new_chosen: bool = False


def people_found(request: HttpRequest, unit: Unit, name: str, chosen: str, day: date) -> Found:
    """The members of the unit and below whose name holds every word, with whom the form chose first."""
    members = members_to_post(unit, day, access.units_to_read(request))
    words = fold(name).split()[:8]
    named = members
    for word in words:
        named = named.filter(folded__contains=word)
    found = list(named.order_by("sort_key")[: MOST + 1]) if words else []
    picked = members.filter(code=chosen).first() if chosen not in ("", NEW) else None
    if picked and picked not in found:
        found.insert(0, picked)
    held: dict[int, list[str]] = {}
    for post in posts_on(unit, day) if found else []:
        held.setdefault(post.person_id, []).append(f"{post.role}, {post.body}")
    return Found(
        people=tuple(_candidate(person, held.get(person.pk, []), chosen) for person in found[:MOST]),
        more=len(found) > MOST,
        asked=bool(words),
        new_chosen=chosen == NEW,
    )


def _candidate(person: Person, held: list[str], chosen: str) -> Candidate:
    born = str(person.born_on.year) if person.born_on else ""
    about = [_("sinh năm %(year)s") % {"year": born} if born else "", person.job, person.department or person.workplace]
    return Candidate(
        person.code, person.shown, " · ".join(filter(None, about)), "; ".join(held), person.code == chosen
    )  # fmt: skip


def chosen_person(typed: dict[str, str], found: Found, faults: list[str]) -> Person | None:
    """The member that was chosen; None for somebody new, or with a sentence among the faults."""
    if typed["nguoi"] == NEW:
        if not 0 < len(clean(typed["ten"])) <= 120:
            faults.append(_("Họ và tên đang để trống hoặc quá dài. Hãy ghi họ và tên."))
        return None
    # only whom the list offers: a code of somebody elsewhere chooses nobody
    if any(each.code == typed["nguoi"] for each in found.people):
        return Person.objects.get(code=typed["nguoi"])
    if not typed["ten"]:
        faults.append(_("Chưa có người giữ chức danh. Hãy ghi họ tên rồi bấm Tìm."))
    elif found.people:
        faults.append(_("Hãy chọn đúng người trong danh sách tìm thấy, rồi ghi lại."))
    else:
        faults.append(
            _("Sổ đoàn viên không có ai tên như vậy. Hãy kiểm tra họ tên, hoặc chọn “Người chưa có trong sổ”.")
        )
    return None

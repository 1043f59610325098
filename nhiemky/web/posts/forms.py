"""Forms of posts: somebody takes one up, it ends, it was written wrongly; how many a congress fixed; which rules."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from nhiemky.foundation.refusals import NotAllowed, Refusal
from nhiemky.foundation.roles import Right
from nhiemky.foundation.rulesets import ruleset_on, rulesets
from nhiemky.members.actions import (
    annul_post,
    choose_rules,
    correct_post,
    end_post,
    fill_post,
    fill_post_with_new,
    fix_body_size,
)
from nhiemky.members.bodies import bodies, labels
from nhiemky.members.models import BodySize, Post
from nhiemky.members.queries import rules_of, term_on
from nhiemky.members.queries.mandates import sizes_of
from nhiemky.members.queries.posts import card_of
from nhiemky.rules import vietnamese
from nhiemky.rules.timeline import Span
from nhiemky.rules.vietnamese import clean, day
from nhiemky.rules.vietnamese import span as written
from nhiemky.units.models import Unit
from nhiemky.units.queries import card, last_day_of
from nhiemky.web import access
from nhiemky.web.dates import parse_partial, typed_date
from nhiemky.web.frame import answered, typed_in, underscored
from nhiemky.web.once import Changed, again_or_fresh, code_in, moment_of, write_once
from nhiemky.web.posts.people import NEW, Found, chosen_person, people_found

LONGEST = 300
OF_POST = ("ten", "nguoi", "chuc", "cach", "tu", "den", "van-ban")
OF_END = ("den", "ly-do", "van-ban")
OF_SIZE = ("ban", "so", "van-ban")


@access.form
def fill(request: HttpRequest, code: str) -> HttpResponse:
    """Somebody takes up a post: looked for by name among the members, or entered."""
    unit = access.unit_to_change(request, code, Right.ISSUE)
    typed = typed_in(request, OF_POST, {"nguoi": request.GET.get("nguoi", "")}, LONGEST)
    found = Found()
    if request.method == "POST" or typed["nguoi"]:
        found = people_found(request, unit, typed["ten"], typed["nguoi"], _day_of(unit, typed["tu"]))
    page = partial(_page, request, unit, "fill", typed, found=found)
    if "tim" in request.POST:
        return page()

    def done(post: Post) -> HttpResponse:
        messages.success(request, _("Đã ghi chức danh %(role)s.") % {"role": labels("role")[post.role]})
        return _back(unit, post.span)

    return answered(request, page, lambda: _filled(request, unit, typed, found), done, partial(_changed, page))


def _filled(request: HttpRequest, unit: Unit, typed: dict[str, str], found: Found) -> Post:
    code = code_in(request, unit, "chuc-danh")
    given, faults = _said(unit, typed)
    person = chosen_person(typed, found, faults)
    if faults:
        raise Refusal.of(faults)
    given["decision"] = typed["van-ban"]

    def same(post: Post) -> bool:
        mine = post.person == person if person else post.person.name == clean(typed["ten"])
        return mine and _is_said(post, given)

    def write() -> Post:
        if person is None:
            return fill_post_with_new(by=request.user, unit=unit, name=typed["ten"], code=code, **given)
        return fill_post(by=request.user, unit=unit, person=person, code=code, **given)

    return write_once(lambda: _post_of(unit, code), same, write)[0]


def _said(unit: Unit, typed: dict[str, str]) -> tuple[dict[str, Any], list[str]]:
    """Body, role, mandate, span and term as the form says them; a sentence for each thing that is not said."""
    faults: list[str] = []
    body, _colon, role = typed["chuc"].partition(":")
    if body not in bodies() or role not in bodies()[body].roles:
        faults.append(_("Chưa chọn chức danh. Hãy chọn ban và chức danh."))
    if typed["cach"] not in labels("mandate"):
        faults.append(_("Chưa chọn do bầu, chỉ định hay phân công. Hãy chọn một cách."))
    first = typed_date(typed["tu"], _("Ngày nhận chức danh"), faults)
    last = typed_date(typed["den"], _("Ngày cuối"), faults) if typed["den"] else None
    if faults or first is None:
        return {}, faults
    try:
        valid = Span.between(first, last)
    except ValueError:
        return {}, [_("Ngày cuối đứng trước ngày nhận chức danh. Hãy kiểm tra lại hai ngày.")]
    given = {"body": body, "role": role, "mandate": typed["cach"], "valid": valid, "term": term_on(unit, first.last)}
    return given, faults


def _is_said(post: Post, given: dict[str, Any]) -> bool:
    same = (post.body, post.role, post.mandate, post.span) == tuple(
        given[name] for name in ("body", "role", "mandate", "valid")
    )
    return same and post.decision == clean(given["decision"])[:120]


@access.form
def correct(request: HttpRequest, code: str) -> HttpResponse:
    """The post was written wrongly, all but the person; for another person it is taken back and written anew."""
    post, unit = access.post_to_change(request, code)
    start, end = post.span.start, post.span.end
    begun = {
        "chuc": f"{post.body}:{post.role}", "cach": post.mandate, "van-ban": post.decision,
        "tu": vietnamese.partial(start) if start else "", "den": vietnamese.partial(end) if end else "",
    }  # fmt: skip
    typed = typed_in(request, OF_POST, begun, LONGEST)
    page = partial(_page, request, unit, "correct", typed, post=card_of(post))

    def done(made: Post) -> HttpResponse:
        messages.success(request, _("Đã sửa chức danh."))
        return _back(unit, made.span)

    return answered(request, page, lambda: _corrected(request, unit, post, typed), done, partial(_changed, page))


def _corrected(request: HttpRequest, unit: Unit, post: Post, typed: dict[str, str]) -> Post:
    code = code_in(request, unit, "sua-chuc-danh")
    given, faults = _said(unit, typed)
    if faults:
        raise Refusal.of(faults)
    given["decision"] = typed["van-ban"]
    # without an end there is nothing that ended it
    if given["valid"].ends_before is None:
        given |= {"ending": "", "ending_decision": ""}
    return write_once(
        lambda: _post_of(unit, code),
        lambda row: _is_said(row, given),
        lambda: correct_post(by=request.user, post=post, code=code, **given),
    )[0]


@access.form
def end(request: HttpRequest, code: str) -> HttpResponse:
    """The person holds the post no more."""
    post, unit = access.post_to_change(request, code)
    typed = typed_in(request, OF_END, longest=LONGEST)
    page = partial(_page, request, unit, "end", typed, post=card_of(post))

    def done(made: Post) -> HttpResponse:
        messages.success(request, _("Đã ghi thôi chức danh %(role)s.") % {"role": labels("role")[made.role]})
        return redirect("web.posts.list", unit.code)

    return answered(request, page, lambda: _ended(request, unit, post, typed), done, partial(_changed, page))


def _ended(request: HttpRequest, unit: Unit, post: Post, typed: dict[str, str]) -> Post:
    code = code_in(request, unit, "thoi-chuc-danh")
    faults: list[str] = []
    last = typed_date(typed["den"], _("Ngày cuối giữ chức danh"), faults)
    if typed["ly-do"] not in labels("ending"):
        faults.append(_("Chưa chọn lý do. Hãy chọn một lý do."))
    if faults or last is None:
        raise Refusal.of(faults)
    decision = clean(typed["van-ban"])[:120]
    return write_once(
        lambda: _post_of(unit, code),
        lambda row: (row.span.end, row.ending, row.ending_decision) == (last, typed["ly-do"], decision),
        lambda: end_post(
            by=request.user, post=post, last=last, ending=typed["ly-do"], ending_decision=decision, code=code
        ),
    )[0]


@access.signed_in
@require_POST
def annul(request: HttpRequest, code: str) -> HttpResponse:
    """The person never held the post."""
    post, unit = access.post_to_change(request, code)
    try:
        annul_post(by=request.user, post=post, reason=request.POST.get("ly-do", ""))
    except NotAllowed:
        raise
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("web.posts.list", unit.code) if post.superseded_at else redirect("web.posts.correct", code)
    messages.success(request, _("Đã bỏ dòng ghi nhầm; nhật ký giữ lại ai bỏ, vì sao."))
    return redirect("web.posts.list", unit.code)


@access.form
def size(request: HttpRequest, code: str) -> HttpResponse:
    """How many the congress of the running term fixed for a body."""
    unit = access.unit_to_change(request, code, Right.ISSUE)
    term = term_on(unit, last_day_of(unit, access.today()))
    typed = typed_in(request, OF_SIZE, {"ban": request.GET.get("ban", "bch")}, LONGEST)

    def write() -> BodySize:
        if term is None:
            raise Refusal(_("Đơn vị chưa có nhiệm kỳ đang diễn ra. Hãy đặt nhiệm kỳ trước."))
        if not typed["so"].isascii() or not typed["so"].isdigit() or len(typed["so"]) > 4:
            raise Refusal(_("Số lượng “%(given)s” chưa đúng. Hãy ghi số người, ví dụ 11.") % {"given": typed["so"]})
        made_code, wanted = code_in(request, unit, "so-luong"), int(typed["so"])
        return write_once(
            lambda: BodySize.objects.filter(code=made_code, unit=unit).first(),
            lambda row: (row.body, row.size) == (typed["ban"], wanted),
            lambda: fix_body_size(
                by=request.user, unit=unit, term=term, body=typed["ban"], size=wanted, code=made_code,
                decision=clean(typed["van-ban"])[:120],
            ),
        )[0]  # fmt: skip

    def done(_row: BodySize) -> HttpResponse:
        messages.success(request, _("Đã ghi số lượng đại hội quyết định."))
        return redirect("web.posts.list", unit.code)

    fixed = [(bodies()[body].label, count) for body, count in sizes_of(term).items()]
    return answered(request, partial(_page, request, unit, "size", typed, term=term, fixed=fixed), write, done)


@access.form
def choose(request: HttpRequest, code: str) -> HttpResponse:
    """Which edition of the charter the running term goes by."""
    unit = access.unit_to_change(request, code, Right.ISSUE)
    today = last_day_of(unit, access.today())
    term, (ruleset, chosen) = term_on(unit, today), rules_of(unit, today)
    begun = ruleset.code if ruleset and chosen else ""
    typed = {"bo": request.POST.get("bo", begun)}

    def write() -> None:
        if term is None:
            raise Refusal(_("Đơn vị chưa có nhiệm kỳ đang diễn ra. Hãy đặt nhiệm kỳ trước."))
        if typed["bo"] != begun:
            choose_rules(by=request.user, unit=unit, term=term, ruleset=typed["bo"])

    def done(_row: None) -> HttpResponse:
        messages.success(request, _("Đã ghi bộ quy định của nhiệm kỳ."))
        return redirect("web.posts.list", unit.code)

    page = partial(
        _page, request, unit, "choose", typed, term=term, editions=list(reversed(rulesets().values())),
        current=ruleset_on(today),
    )  # fmt: skip
    return answered(request, page, write, done)


FORMS = {
    "fill": "chuc-danh", "correct": "sua-chuc-danh", "end": "thoi-chuc-danh", "size": "so-luong", "choose": "quy-dinh"
}  # fmt: skip


def _page(
    request: HttpRequest, unit: Unit, form: str, typed: dict[str, str], faults: Sequence[str] = (), status: int = 200,
    **given: Any,
) -> HttpResponse:  # fmt: skip
    context = {
        "unit": card(unit, last_day_of(unit, access.today())),
        "typed": underscored(typed),
        "faults": faults,
        "code": again_or_fresh(request, unit, FORMS[form]),
        "bodies": _bodies(),
        "mandates": list(labels("mandate").items()),
        "endings": list(labels("ending").items()),
        "new": NEW,
        "today": day(access.today()),
        "fictional": unit.fictional,
    } | given
    return render(request, f"web/posts/{form}.html", context, status=status)


def _bodies() -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Code and words of each body, with its posts as the form sends them."""
    roles = labels("role")
    return [
        (body.code, body.label, [(f"{body.code}:{role}", roles[role]) for role in body.roles])
        for body in bodies().values()
    ]


def _changed(page: Callable[..., HttpResponse], fault: Changed[Post]) -> HttpResponse:
    """The same form with other contents: what was recorded, and where it is mended."""
    row = fault.row
    given = {"role": labels("role")[row.role], "span": written(row.span), "at": moment_of(row)}
    faults = [
        _("Chức danh %(role)s (%(span)s) đã được ghi lúc %(at)s.") % given,
        _("Những chỗ vừa đổi ở dưới chưa được ghi. Hãy sửa chức danh đã ghi."),
    ]
    mend = reverse("web.posts.correct", args=[row.code])
    return page(faults, 409, mend=mend, mend_label=_("Sửa chức danh đã ghi"))


def _post_of(unit: Unit, code: str) -> Post | None:
    return Post.objects.filter(code=code, unit=unit).select_related("person").first()


def _day_of(unit: Unit, text: str) -> date:
    """The day on which a member is looked for: the one typed, else today."""
    try:
        return parse_partial(text).last if text else last_day_of(unit, access.today())
    except ValueError:
        return last_day_of(unit, access.today())


def _back(unit: Unit, valid: Span) -> HttpResponse:
    """The list on a day on which the post is held."""
    place, today = reverse("web.posts.list", args=[unit.code]), last_day_of(unit, access.today())
    if valid.holds(today) or valid.starts_on is None:
        return redirect(place)
    return redirect(f"{place}?ngay={day(valid.starts_on)}")

"""Writes of posts, of the sizes that a congress fixed, and of the edition of the charter that a term goes by."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from nhiemky.foundation import clock
from nhiemky.foundation.audit import write_event
from nhiemky.foundation.batch import as_it_is, keep
from nhiemky.foundation.door import action
from nhiemky.foundation.models import User
from nhiemky.foundation.refusals import Refusal
from nhiemky.foundation.rulesets import rulesets
from nhiemky.members.actions.persons import enter_person
from nhiemky.members.bodies import bodies, labels
from nhiemky.members.models import BodySize, Person, Post, Standing, TermRules
from nhiemky.members.queries.mandates import union_of
from nhiemky.members.queries.persons import cluster_of, memberships_known
from nhiemky.members.queries.posts import posts_of_person
from nhiemky.rules.timeline import PartialDate, Span
from nhiemky.rules.vietnamese import clean
from nhiemky.rules.vietnamese import span as written_span
from nhiemky.units.models import Term, Unit
from nhiemky.units.queries import rows_of, units_below_on

LARGEST_BODY = 999


@action("members.post.fill")
def fill_post(
    *, by: User, unit: Unit, person: Person, body: str, role: str, mandate: str, valid: Span, **fields: Any
) -> Post:
    """The person takes the post for the span; `term` is the term that gave it, `decision` the paper."""
    post = Post(
        unit=unit, person=person, body=body, role=role, mandate=mandate,
        recorded_at=clock.now(), recorded_by=by, **fields,
    )  # fmt: skip
    post.span = valid
    _check(post)
    keep(post)
    write_event(subject=f"post:{post.code}", unit=unit.code, data={"person": person.code})
    return post


@action("members.post.fill_new", calls=("members.person.enter", "members.post.fill"))
def fill_post_with_new(*, by: User, unit: Unit, name: str, **given: Any) -> Post:
    """As `fill_post`, for somebody whom the register does not have yet."""
    person = enter_person(by=by, name=name, unit=unit, fictional=unit.fictional)
    post = fill_post(by=by, unit=unit, person=person, **given)
    write_event(subject=f"post:{post.code}", unit=unit.code, data={"person": person.code, "new": True})
    return post


@action("members.post.end")
def end_post(*, by: User, post: Post, last: PartialDate, ending: str, **fields: Any) -> Post:
    """The post ended on that day: a new row with the end; what was known before stays, superseded."""
    as_it_is(post)
    if post.superseded_at or post.ending:
        raise Refusal(_("Chức danh này đã có ngày thôi. Hãy mở lại danh sách chức danh."))
    if ending not in labels("ending"):
        raise Refusal(_("Chưa chọn lý do thôi chức danh. Hãy chọn một lý do."))
    start = post.span.start
    if start and last.last < start.first:
        raise Refusal(_("Ngày thôi trước ngày nhận chức danh. Hãy kiểm tra lại hai ngày."))
    return _replace(post, by, valid=Span.between(start, last), ending=ending, **fields)


@action("members.post.correct")
def correct_post(*, by: User, post: Post, valid: Span, body: str, role: str, mandate: str, **fields: Any) -> Post:
    """What was written of the post was wrong from the beginning: a new row stands in its place."""
    as_it_is(post)
    if post.superseded_at:
        raise Refusal(_("Chức danh này đã được sửa trước đó. Hãy mở lại danh sách chức danh."))
    return _replace(post, by, valid=valid, body=body, role=role, mandate=mandate, **fields)


@action("members.post.annul")
def annul_post(*, by: User, post: Post, reason: str) -> None:
    """The person never held the post: the row is superseded and nothing stands in its place."""
    if not clean(reason):
        raise Refusal(_("Chưa có lý do. Hãy ghi vì sao bỏ dòng này."))
    as_it_is(post)
    if post.superseded_at:
        raise Refusal(_("Chức danh này đã được sửa hoặc bỏ trước đó. Hãy mở lại danh sách chức danh."))
    _supersede(post)
    write_event(subject=f"post:{post.code}", unit=post.unit.code, data={"reason": clean(reason)[:300]})


@action("members.body.fix_size")
def fix_body_size(*, by: User, unit: Unit, term: Term, body: str, size: int, **fields: Any) -> BodySize:
    """How many members the congress fixed for the body in the term; what was said before of the same is superseded."""
    if body not in bodies():
        raise Refusal(_("Chưa chọn ban. Hãy chọn một ban."))
    if term.unit_id != unit.pk:
        raise Refusal(_("Nhiệm kỳ thuộc đơn vị khác. Hãy chọn nhiệm kỳ của chính đơn vị."))
    if not 0 < size <= LARGEST_BODY:
        raise Refusal(
            _("Số lượng từ 1 đến %(most)s người. Hãy ghi đúng số đại hội quyết định.") % {"most": LARGEST_BODY}
        )
    rows = BodySize.objects.filter(unit=unit, term__in=rows_of(term), body=body, superseded_at__isnull=True)
    rows.update(superseded_at=clock.now())
    made = BodySize(unit=unit, term=term, body=body, size=size, recorded_at=clock.now(), recorded_by=by, **fields)
    made.span = term.whole
    keep(made)
    write_event(subject=f"size:{made.code}", unit=unit.code, data={"body": body, "size": size})
    return made


@action("members.rules.choose")
def choose_rules(*, by: User, unit: Unit, term: Term, ruleset: str) -> TermRules:
    """The term goes by that edition of the charter; an empty code is the one of the day again."""
    if ruleset and ruleset not in rulesets():
        raise Refusal(_("Không có bộ quy định này. Hãy chọn một bộ trong danh sách."))
    if term.unit_id != unit.pk:
        raise Refusal(_("Nhiệm kỳ thuộc đơn vị khác. Hãy chọn nhiệm kỳ của chính đơn vị."))
    made = TermRules(unit=unit, term=term, ruleset=ruleset, recorded_at=clock.now(), recorded_by=by)
    keep(made)
    write_event(subject=f"term:{term.code}", unit=unit.code, data={"ruleset": ruleset})
    return made


def _replace(old: Post, by: User, *, valid: Span, **fields: Any) -> Post:
    kept = ("body", "role", "mandate", "term", "decision", "ending", "ending_decision", "source", "places")
    row = Post(
        unit=old.unit, person=old.person, replaces=old, recorded_at=clock.now(), recorded_by=by,
        **{name: getattr(old, name) for name in kept} | fields,
    )  # fmt: skip
    row.span = valid
    _check(row, besides=old)
    _supersede(old)
    keep(row)
    write_event(subject=f"post:{row.code}", unit=old.unit.code, data={"replaces": old.code})
    return row


def _supersede(post: Post) -> None:
    now = clock.now()
    Post.objects.filter(pk=post.pk).update(superseded_at=now)
    post.superseded_at = now


def _check(post: Post, besides: Post | None = None) -> None:
    """Refuses what no post can be; sizes and shares are findings and forbid nothing."""
    for name, known in (("body", bodies()), ("role", labels("role")), ("mandate", labels("mandate"))):
        if getattr(post, name) not in known:
            raise Refusal(
                _("Danh mục chức danh không có mã “%(code)s”. Hãy dùng mã có trong danh mục.")
                % {"code": getattr(post, name)}
            )
    body, valid = bodies()[post.body], post.span
    if post.role not in body.roles:
        raise Refusal(
            _("%(body)s không có chức danh %(role)s. Hãy chọn chức danh của ban này.")
            % {"body": body.label, "role": labels("role")[post.role]}
        )
    if post.term and post.term.unit_id != post.unit_id:
        raise Refusal(_("Nhiệm kỳ của chức danh thuộc đơn vị khác. Hãy chọn nhiệm kỳ của chính đơn vị."))
    if not post.unit.lives_through(valid):
        raise Refusal(_("Đơn vị không hoạt động suốt thời gian giữ chức. Hãy sửa ngày bắt đầu hoặc kết thúc."))
    post.decision, post.ending_decision = clean(post.decision)[:120], clean(post.ending_decision)[:120]
    for other in posts_of_person(post.person):
        same = other.unit_id == post.unit_id and other.body == post.body and not (besides and other.pk == besides.pk)
        if same and other.span.clashes(valid):
            raise Refusal(
                _("Người này đã là %(role)s của %(body)s (%(span)s). Hãy ghi ngày thôi chức danh đó trước.")
                % {"role": labels("role")[other.role], "body": body.label, "span": written_span(other.span)}
            )
    if not body.outside and not _belongs(post):
        raise Refusal(
            _(
                "Trong thời gian đó người này là đoàn viên của đơn vị khác. Hãy kiểm tra người và ngày, hoặc chuyển sinh hoạt trước."
            )
        )


def _belongs(post: Post) -> bool:
    """Whether the register lets the person sit there: a member of the unit, of one below, or of the union of a group.

    Of whom the register knows no membership, nothing is said against; who works full time for the union is sent.
    """
    memberships = [row for row in memberships_known(post.person) if row.span.overlaps(post.span)]
    if not memberships or any(row.unit_id == post.unit_id for row in memberships):
        return True
    if post.person.pk:
        sent = Standing.objects.filter(person__in=cluster_of(post.person), kind="full_time", superseded_at__isnull=True)
        if any(row.span.overlaps(post.span) for row in sent):
            return True
    day = max(post.span.starts_on or clock.today(), memberships[0].starts_on or post.span.starts_on or clock.today())
    places = {row.unit_id for row in memberships}
    below = units_below_on(post.unit, day).values_list("pk", flat=True)
    return not places.isdisjoint(below) or not places.isdisjoint(union_of(post.unit, day))

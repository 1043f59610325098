"""Bodies and findings as the page shows them: whole sentences, with the rule behind each."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.utils.translation import gettext as _

from nhiemky.members.bodies import bodies
from nhiemky.members.queries import PostCard
from nhiemky.members.standings import kinds
from nhiemky.rules import vietnamese
from nhiemky.rules.mandates import Finding, Problem, Situation
from nhiemky.rules.rulesets import RuleSet
from nhiemky.web.members.links import person_href
from nhiemky.web.rulesets.shown import Cited, cited, share_text


@dataclass(frozen=True)
class FindingShown:
    """A sentence, how grave it is, and where the rule stands."""

    text: str
    gravity: str
    cited: Cited | None


@dataclass(frozen=True)
class PostShown:
    """A row of the list; `by` is the mandate and its paper."""

    person: str
    person_code: str
    role: str
    by: str
    decision: str
    span: str
    code: str
    ending: str = ""
    body: str = ""
    href: str = ""


@dataclass(frozen=True)
class BodyShown:
    """A body on a day: who sits there, how many the congress fixed, what is to be looked at."""

    code: str
    label: str
    posts: tuple[PostShown, ...]
    findings: tuple[FindingShown, ...]
    count: str
    fixed: str


def post_shown(card: PostCard, readable: Container[int]) -> PostShown:
    """The row, with the way to the person where the reader may open them."""
    ending = card.ending
    if ending and card.ending_decision:
        ending = f"{ending} ({card.ending_decision})"
    return PostShown(
        person=card.person,
        person_code=card.person_code,
        role=card.role,
        by=card.mandate,
        decision=card.decision,
        span=vietnamese.span(card.span),
        code=card.code,
        ending=ending,
        body=card.body,
        href=person_href(card.person_code) if card.person_id in readable else "",
    )


def bodies_shown(
    posts: Sequence[PostCard],
    found: Sequence[tuple[Finding, FindingShown]],
    fixed: Mapping[str, int],
    readable: Container[int],
) -> list[BodyShown]:
    """The bodies that somebody sits in or that there is something to say about."""
    shown = []
    for code, body in bodies().items():
        sitting = tuple(post_shown(card, readable) for card in posts if card.body_code == code)
        told = tuple(each for finding, each in found if finding.body == code)
        if sitting or told:
            people = len({card.person_id for card in posts if card.body_code == code})
            size = fixed.get(code)
            shown.append(
                BodyShown(code, body.label, sitting, told, vietnamese.number(people), str(size) if size else "")
            )  # fmt: skip
    return shown


def finding_shown(
    finding: Finding, ruleset: RuleSet, names: Mapping[int, str], units: Mapping[int, str], situation: Situation
) -> FindingShown:
    return FindingShown(
        _sentence(finding, names, units, situation), finding.gravity.value, cited(finding.rule, ruleset)
    )


def _sentence(at: Finding, names: Mapping[int, str], units: Mapping[int, str], situation: Situation) -> str:
    given = {
        "body": bodies()[at.body].label,
        "count": vietnamese.number(at.count),
        "limit": vietnamese.number(at.limit),
        "base": vietnamese.number(at.base),
        "names": ", ".join(names.get(person, "") for person in at.persons),
        "units": ", ".join(units.get(unit, "") for unit in at.units),
        "share": share_text(at.rule.value) if at.rule and isinstance(at.rule.value, Fraction) else "",
        "due": vietnamese.day(at.due) if at.due else "",
        "standing": _standings(at, situation),
    }
    if at.problem is Problem.INSPECTION_MISSING and not at.limit:
        return _("Chưa ghi Ủy ban Kiểm tra; công đoàn cấp trên cơ sở nào cũng có.")
    if at.problem is Problem.INSPECTION_SHARE and not at.limit:
        return (
            _("%(names)s là ủy viên Ban Chấp hành; với %(base)s ủy viên Ủy ban Kiểm tra thì chưa được có ai.") % given
        )
    return _SENTENCES[at.problem]() % given


def _standings(at: Finding, situation: Situation) -> str:
    if at.problem is not Problem.WEIGH:
        return ""
    codes = situation.standings.get(at.persons[0], frozenset())
    return ", ".join(kind.label for code, kind in kinds().items() if code in codes)


# a function each: the words are those of the reader's language, not of whoever started the server
_SENTENCES = {
    Problem.CHAIR_ONLY: lambda: _("%(body)s có %(count)s người; dưới %(limit)s đoàn viên thì chỉ bầu Chủ tịch."),
    Problem.TOO_FEW: lambda: _("%(body)s có %(count)s người, ít nhất là %(limit)s."),
    Problem.TOO_MANY: lambda: _("%(body)s có %(count)s người, nhiều nhất là %(limit)s."),
    Problem.ABOVE_FIXED: lambda: _(
        "%(body)s có %(count)s người, nhiều hơn số đại hội quyết định (%(limit)s). Cần công đoàn cấp trên đồng ý."
    ),
    Problem.FIXED_TOO_FEW: lambda: _("Đại hội quyết định %(count)s người cho %(body)s, ít nhất là %(limit)s."),
    Problem.FIXED_TOO_MANY: lambda: _(
        "Đại hội quyết định %(count)s người cho %(body)s, nhiều nhất là %(limit)s. Cần công đoàn cấp trên đồng ý."
    ),
    Problem.VACANT: lambda: _("Khuyết %(count)s trong số %(base)s ủy viên %(body)s."),
    Problem.MOST_VACANT: lambda: _(
        "Khuyết %(count)s trong số %(base)s ủy viên %(body)s, quá %(share)s: có thể là căn cứ đại hội bất thường."
    ),
    Problem.ADDED_ABOVE: lambda: _(
        "Đã bổ sung %(count)s người trong nhiệm kỳ; nhiều nhất %(limit)s (%(share)s của %(base)s). "
        "Vượt mức cần công đoàn cấp trên đồng ý."
    ),
    Problem.ADDED_UNMEASURED: lambda: _(
        "Đã bổ sung %(count)s người trong nhiệm kỳ. Hãy ghi số lượng đại hội quyết định để biết còn được bổ sung bao nhiêu."
    ),
    Problem.STANDING_SHARE: lambda: _(
        "%(body)s có %(count)s người, kể cả Chủ tịch, Phó Chủ tịch; nhiều nhất %(limit)s (%(share)s của %(base)s)."
    ),
    Problem.STANDING_EARLY: lambda: _(
        "Ban Chấp hành có %(count)s ủy viên; thường chỉ bầu Ban Thường vụ khi có từ %(limit)s."
    ),
    Problem.INSPECTION_MISSING: lambda: _(
        "Chưa ghi Ủy ban Kiểm tra: đơn vị có %(count)s đoàn viên, từ %(limit)s thì có."
    ),
    Problem.INSPECTION_SHARE: lambda: _(
        "%(count)s trong số %(base)s ủy viên là ủy viên Ban Chấp hành (%(names)s); nhiều nhất %(limit)s."
    ),
    Problem.INSPECTION_FINANCE: lambda: _(
        "%(names)s làm kế toán, tài chính của đơn vị, không ở trong Ủy ban Kiểm tra."
    ),
    Problem.INSPECTION_ACCOUNT: lambda: _(
        "%(names)s là Chủ tịch, thường là chủ tài khoản; chủ tài khoản không ở trong Ủy ban Kiểm tra."
    ),
    Problem.WOMEN_MISSING: lambda: _("Chưa ghi Ban Nữ công: có %(count)s đoàn viên nữ, từ %(limit)s thì lập."),
    Problem.WOMEN_DUE: lambda: _(
        "Có %(count)s đoàn viên nữ: cần lập Ban Nữ công. Tính từ ngày đầu nhiệm kỳ, hạn là %(due)s; "
        "hạn đúng tính từ quyết định công nhận."
    ),
    Problem.WOMEN_NOBODY: lambda: _(
        "Có %(count)s đoàn viên nữ, dưới %(limit)s: hãy giao một ủy viên Ban Chấp hành hoặc một đoàn viên nữ phụ trách."
    ),
    Problem.WOMEN_MANY: lambda: _(
        "%(body)s có %(count)s người; nhiều nhất %(limit)s (%(share)s của %(base)s ủy viên Ban Chấp hành)."
    ),
    Problem.GROUP_HEADLESS: lambda: _("%(count)s tổ chưa ghi tổ trưởng: %(units)s."),
    Problem.FOREIGNER: lambda: _("%(names)s là người nước ngoài, không làm cán bộ công đoàn."),
    Problem.WEIGH: lambda: _("%(names)s: %(standing)s. Chỉ cán bộ của đơn vị thấy dòng này."),
}

"""Rules in words: values, for whom they are, where they were read, how sure they are."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from django.urls import reverse
from django.utils.translation import gettext as _

from nhiemky.foundation import catalogue
from nhiemky.foundation.rulesets import rulesets, sections, sources, terms
from nhiemky.members.bodies import labels
from nhiemky.rules import vietnamese
from nhiemky.rules.rulesets import Certainty, Limits, Rule, RuleSet, Scope, Value
from nhiemky.rules.timeline import PartialDate


@dataclass(frozen=True)
class SaidShown:
    """One value of a rule as the page shows it."""

    value: str
    scope: str
    certainty: str
    sure: bool
    open: bool
    where: str
    note: str
    taken_over: str


@dataclass(frozen=True)
class RuleShown:
    code: str
    label: str
    said: tuple[SaidShown, ...]


@dataclass(frozen=True)
class Cited:
    """Where a rule behind a finding stands: words, and the address of the rule on the page of rules."""

    text: str
    href: str


def certainty_text(certainty: Certainty) -> str:
    """'đọc trong bài dẫn văn bản', 'theo báo chí', …"""
    return {
        Certainty.VERIFIED: _("đọc trong bài dẫn văn bản"),
        Certainty.NEWS: _("theo báo chí"),
        Certainty.FORM: _("theo biểu mẫu của cơ sở"),
        Certainty.SECONDARY: _("theo tài liệu học tập, cần đối chiếu"),
        Certainty.INFERRED: _("suy ra, cần đối chiếu"),
        Certainty.MEMORY: _("theo thông lệ, chưa thấy văn bản"),
        Certainty.OPEN: _("chưa rõ"),
    }[certainty]


def sections_shown(ruleset: RuleSet) -> list[tuple[str, str, list[RuleShown]]]:
    """Code and words of each section with the rules that the edition speaks of, or says that nobody knows."""
    found = []
    for code, label in sections().items():
        rules = [rule_shown(ruleset, term.code) for term in terms().values() if term.section == code]
        if told := [rule for rule in rules if rule.said]:
            found.append((code, label, told))
    return found


def rule_shown(ruleset: RuleSet, code: str) -> RuleShown:
    said = tuple(_said(rule, ruleset) for rule in ruleset.in_force(code))
    return RuleShown(code, terms()[code].label, said)


def _said(rule: Rule, ruleset: RuleSet) -> SaidShown:
    return SaidShown(
        value=value_text(rule.value, terms()[rule.code].word),
        scope=scope_text(rule),
        certainty=certainty_text(rule.as_read or rule.certainty),
        sure=rule.certainty is Certainty.VERIFIED,
        open=rule.is_open,
        where=where_text(rule),
        note=rule.note,
        taken_over=_taken_over(rule, ruleset),
    )


def where_text(rule: Rule) -> str:
    """'Điều lệ khóa XII, Điều 8.2 (thuvienphapluat.vn)': the clause, else the page that told of it."""
    at = "; ".join(sources()[code]["at"] for code in rule.source)
    title = rule.clause or "; ".join(sources()[code]["title"] for code in rule.source)
    return f"{title} ({at})" if at else title


def _taken_over(rule: Rule, ruleset: RuleSet) -> str:
    """For a rule of an older edition: which one, and that the newer text was not read."""
    if rule.edition == ruleset.code or rule.is_open:
        return ""
    given = {"edition": rulesets()[rule.edition].short}
    if rule.certainty in (Certainty.MEMORY, Certainty.INFERRED):
        return _("theo %(edition)s; bản mới chưa đọc được") % given
    return _("theo %(edition)s") % given


def cited(rule: Rule | None, ruleset: RuleSet) -> Cited | None:
    """'Hướng dẫn 03/HD-TLĐ, 9.1; đọc trong bài dẫn văn bản; theo khóa XII, bản mới chưa đọc được'."""
    if rule is None:
        return None
    where = rule.clause or (sources()[rule.source[0]]["title"] if rule.source else "")
    parts = [where, certainty_text(rule.as_read or rule.certainty), _taken_over(rule, ruleset)]
    text = "; ".join(filter(None, parts))
    return Cited(text[:1].upper() + text[1:], f"{reverse('web.rulesets.rules')}?bo={ruleset.code}#{rule.code}")


def value_text(value: Value, word: str = "") -> str:
    """'từ 3 đến 15 người', '1/3 số ủy viên Ban Chấp hành', 'có', '31/10/2025'."""
    if value is None:
        return _("chưa rõ")
    if isinstance(value, bool):
        return _("có") if value else _("không")
    if isinstance(value, int):
        return f"{vietnamese.number(value)} {word}".strip()
    if isinstance(value, Fraction):
        return f"{share_text(value)} {word}".strip()
    if isinstance(value, Limits):
        return f"{_limits(value)} {word}".strip()
    if isinstance(value, PartialDate):
        return vietnamese.partial(value)
    if isinstance(value, tuple):
        return ", ".join(labels("role")[role] for role in value)
    return value


def share_text(share: Fraction) -> str:
    """'2/3', '5%': hundredths as people say them."""
    if 100 % share.denominator == 0 and share.denominator > 4:
        return f"{share.numerator * 100 // share.denominator}%"
    return f"{share.numerator}/{share.denominator}"


def _limits(limits: Limits) -> str:
    if limits.least is not None and limits.least == limits.most:
        return str(limits.least)
    if limits.least is not None and limits.most is not None:
        return _("từ %(least)s đến %(most)s") % {"least": limits.least, "most": limits.most}
    if limits.least is not None:
        return _("ít nhất %(least)s") % {"least": limits.least}
    return _("nhiều nhất %(most)s") % {"most": limits.most}


def scope_text(rule: Rule) -> str:
    """'công đoàn cơ sở; từ 50 đến 149 đoàn viên; Hồ Chí Minh'; empty for everybody."""
    scope, kinds = rule.scope, catalogue.terms("catalogue/unit-kinds.toml", "unit_kind")
    parts = [", ".join(level_text(level) for level in _LEVELS if level in scope.levels)] if scope.levels else []
    if scope.kinds:
        parts.append(", ".join(term.label for code, term in kinds.items() if code in scope.kinds))
    if scope.is_bracket:
        parts.append(_bracket(scope))
    if rule.places:
        parts.append(_("riêng %(places)s") % {"places": ", ".join(name for name in rule.places if "." not in name)})
    return "; ".join(parts)


def _bracket(scope: Scope) -> str:
    low = vietnamese.number(scope.members_from) if scope.members_from is not None else ""
    high = vietnamese.number(scope.members_below - 1) if scope.members_below is not None else ""
    if low and high:
        return _("từ %(low)s đến %(high)s đoàn viên") % {"low": low, "high": high}
    return (
        _("từ %(low)s đoàn viên trở lên") % {"low": low} if low else _("đến %(high)s đoàn viên") % {"high": high}
    )  # fmt: skip


_LEVELS = ("central", "province", "upper", "grassroots", "below")


def level_text(level: str) -> str:
    return {
        "central": _("Tổng Liên đoàn"),
        "province": _("cấp tỉnh, ngành trung ương"),
        "upper": _("cấp trên trực tiếp cơ sở"),
        "grassroots": _("công đoàn cơ sở"),
        "below": _("dưới công đoàn cơ sở"),
    }[level]

"""Terms of office and the other periods that a unit reports on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from nhiemky.rules.timeline import Precision, Span
from nhiemky.rules.vietnamese import fold
from nhiemky.rules.vietnamese import span as written
from nhiemky.units.models import Term, Unit


@dataclass(frozen=True)
class Period:
    """What a report is asked for: a span with a name; `term` is set when it is a term of office."""

    key: str
    label: str
    span: Span
    kind: str
    term: Term | None = None

    @property
    def title(self) -> str:
        """'nhiệm kỳ 2018–2023', 'năm học 2022–2023', 'giai đoạn 2015–2020', 'năm 2024'."""
        prefix = {"term": "Nhiệm kỳ ", "five_years": "Giai đoạn ", "year": "Năm "}.get(self.kind, "")
        return self.label if self.label.lower().startswith(prefix.lower().strip() or " ") else prefix + self.label


def periods_of(unit: Unit) -> list[Period]:
    """The unit's terms and named periods, latest first."""
    found = [Period(key_of(term.label), term.label, term.whole, "term", term) for term in terms_of(unit)]
    found += [
        Period(key_of(row.label), row.label, row.span, row.kind)
        for row in unit.named_periods.all()
        if not row.superseded_at
    ]
    return sorted(found, key=lambda period: (period.span.starts_on or date.min, period.key), reverse=True)


def terms_of(unit: Unit) -> list[Term]:
    """The unit's terms as we know them today."""
    return [term for term in unit.terms.all() if not term.superseded_at]


def term_known(unit: Unit, term: Term | None) -> Term | None:
    """The term as we know it today: a row that points at a term may have been written before that closed."""
    if term is None or not term.superseded_at:
        return term
    later = {each.replaces_id: each for each in unit.terms.all() if each.replaces_id}
    while term.superseded_at and term.pk in later:
        term = later[term.pk]
    return term


def rows_of(term: Term | None) -> list[int]:
    """The ids of the term's row and of every row that it replaced: what was written earlier points at those."""
    if term is None or not term.replaces_id:
        return [term.pk] if term else []
    before = dict(Term.objects.filter(unit=term.unit_id).values_list("pk", "replaces_id"))
    found = [term.pk]
    while earlier := before[found[-1]]:
        found.append(earlier)
    return found


def key_of(label: str) -> str:
    """The label as part of an address: '2018-2023', 'nam-hoc-2022-2023'."""
    return re.sub(r"[^a-z0-9]+", "-", fold(label)).strip("-")


def period_named(unit: Unit, text: str) -> Period | None:
    """A term or named period by its label or key ('2018-2023'), a year ('2024'), or a span ('2024-01..2024-06')."""
    wanted = key_of(text)
    for period in periods_of(unit):
        if wanted in (period.key, period.key.removeprefix("nam-hoc-")):
            return period
    if former := _named_before(unit, wanted):
        return former
    try:
        span = Span.parse(text)
    except ValueError:
        return None
    if span.starts_on is None or span.ends_before is None:
        return None
    is_year = ".." not in text and span.start_precision is Precision.YEAR
    return Period(span.isoformat(), text if is_year else written(span), span, "year" if is_year else "span")


def _named_before(unit: Unit, key: str) -> Period | None:
    """The period that was called so until its label was corrected: addresses and documents keep the old one."""
    terms = {row.pk: term_known(unit, row) for row in unit.terms.all() if key_of(row.label) == key}
    labels = {term.label for term in terms.values() if term}
    periods = {row.recorded_at: row for row in unit.named_periods.all()}
    for row in [each for each in periods.values() if key_of(each.label) == key]:
        while row.superseded_at in periods:
            row = periods[row.superseded_at]
        labels.add(row.label)
    return next((each for each in periods_of(unit) if each.label in labels), None)


def next_term(unit: Unit, term: Term) -> Term | None:
    """The term that followed."""
    later = [each for each in terms_of(unit) if (each.starts_on or date.min) > (term.starts_on or date.min)]
    return min(later, key=lambda each: each.starts_on or date.min, default=None)

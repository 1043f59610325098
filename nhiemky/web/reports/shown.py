"""The report as its page shows it: the contents with addresses added, or without for a file on disk."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from nhiemky.figures import wording
from nhiemky.figures.definitions import definitions
from nhiemky.reports.contents import Line, ReportContents, TargetRow
from nhiemky.rules.indicators import Measure
from nhiemky.rules.timeline import Span
from nhiemky.web.figures.how import how_made
from nhiemky.web.figures.links import figure_href, target_href
from nhiemky.web.figures.shown import Fig, TargetShown, measured_href, meter_of

MOST_HEADS = 4
LONG_NUMBER = 11


@dataclass(frozen=True)
class Linking:
    """What links to figures need beyond the contents: the day of stocks, and how many units stood below on it.

    On the tree of another day `below` stand there, and `below_then` on the day of stocks: targets are judged on that.
    """

    as_of: date
    below: int
    below_then: int = 0


@dataclass(frozen=True)
class LineShown:
    """A result: `wide` is a text that runs over the columns of number and unit word."""

    label: str
    number: Fig
    word: str
    money: Fig
    when: str
    wide: bool


@dataclass(frozen=True)
class SectionShown:
    """The results of one field of work."""

    code: str
    label: str
    lines: tuple[LineShown, ...]


@dataclass(frozen=True)
class Head:
    """One of the figures at the top."""

    fig: Fig
    word: str
    label: str
    money: str
    good: bool
    long: bool = False


@dataclass(frozen=True)
class ReportShown:
    """Everything the body of the page asks for."""

    contents: ReportContents
    heads: tuple[Head, ...]
    sections: tuple[SectionShown, ...]
    targets: tuple[TargetShown, ...]
    direction: tuple[TargetShown, ...]
    congress: tuple[LineShown, ...]


def report_shown(contents: ReportContents, linking: Linking | None) -> ReportShown:
    """The page's view of the contents; without `linking` no text is a link."""
    return ReportShown(
        contents=contents,
        heads=tuple(_heads(contents, linking)),
        sections=tuple(
            SectionShown(section.code, section.label, tuple(_line(each, contents, linking) for each in section.lines))
            for section in contents.sections
        ),
        targets=tuple(_target(row, contents, linking, told=True) for row in contents.targets),
        direction=tuple(_target(row, contents, linking) for row in contents.direction),
        congress=tuple(_line(each, contents, linking) for each in contents.congress),
    )


def is_empty(contents: ReportContents) -> bool:
    """Whether there is nothing to report."""
    return not (contents.sections or contents.targets or contents.congress)


def _line(line: Line, contents: ReportContents, linking: Linking | None) -> LineShown:
    is_money = wording.is_money(definitions()[line.indicator]) if line.indicator in definitions() else False
    fig = _fig(line, line.number, contents, linking)
    word = line.text.removeprefix(line.number).strip()
    number, money = fig, Fig(line.money, fig.href, fig.how)
    if is_money:
        number, money, word = Fig(""), fig, ""
    when = "" if line.when == contents.period_text else line.when
    return LineShown(line.label, number, word, money, when, wide=not word and len(number.text) > LONG_NUMBER)


def _fig(line: Line, text: str, contents: ReportContents, linking: Linking | None) -> Fig:
    definition = definitions().get(line.indicator)
    if linking is None or definition is None:
        return Fig(text)
    how = how_made(
        definition,
        unit=contents.unit_short,
        below=linking.below,
        period=Span.parse(line.period),
        as_of=linking.as_of,
        published="targets" not in line.json,
        tree=contents.tree,
        divided_by=line.json.get("denominator") if definition.measure is Measure.PER_UNIT else None,
    )
    return Fig(
        text, figure_href(line.indicator, contents.unit_code, line.period, linking.as_of, tree=contents.tree), how
    )


def _target(row: TargetRow, contents: ReportContents, linking: Linking | None, *, told: bool = False) -> TargetShown:
    definition = definitions().get(row.indicator)
    measured = Fig(row.measured)
    if linking and definition and row.measured:
        period = Span.parse(row.json["measured"].get("period", row.json["period"]))
        # what comes is not counted on the tree of this report's day
        how = how_made(
            definition, unit=contents.unit_short, below=linking.below_then, period=period, as_of=linking.as_of
        )
        measured = Fig(row.measured, measured_href(row.json, contents.unit_code), how if told else "")
    return TargetShown(
        code=row.code,
        label=row.label,
        aim=row.aim,
        measured=measured,
        state=row.state,
        state_text=row.state_text,
        reason=row.reason,
        clause=row.clause,
        meter=meter_of(row.json) if definition else None,
        href=target_href(row.code) if linking else "",
    )


def _heads(contents: ReportContents, linking: Linking | None) -> Iterable[Head]:
    """The targets met, then the works with most money, then the first results in the order of the report."""
    every = [line for section in contents.sections for line in section.lines if line.indicator in definitions()]
    for line in list({line.indicator: line for line in _by_interest(every)}.values())[:MOST_HEADS]:
        is_tally = definitions()[line.indicator].measure is Measure.TARGETS
        yield Head(
            fig=_fig(line, line.number, contents, linking),
            word=line.text.removeprefix(line.number).strip(),
            label=line.label,
            money=line.money,
            good=is_tally and line.json.get("numerator") == line.json.get("denominator"),
            long=len(line.number) > LONG_NUMBER,
        )


def _by_interest(lines: list[Line]) -> Iterable[Line]:
    """Some lines come twice; the first place counts."""
    measure = {line.indicator: definitions()[line.indicator].measure for line in lines}
    counted = [line for line in lines if measure[line.indicator] is Measure.COUNT]
    care = [line for line in counted if definitions()[line.indicator].field == "care"]
    yield from (line for line in lines if measure[line.indicator] is Measure.TARGETS)
    for among in (care, counted):
        yield from _told_once(sorted(filter(_amount, among), key=_amount, reverse=True))
        yield from (line for line in among if line.money and not _amount(line))
    yield from (line for line in lines if measure[line.indicator] is Measure.SHARE)
    yield from sorted(counted, key=lambda line: line.json.get("value") or 0, reverse=True)
    yield from lines


def _told_once(lines: Iterable[Line]) -> Iterable[Line]:
    """Of lines that stand on the same records, the first."""
    seen: set[frozenset[str]] = set()
    for line in lines:
        records = frozenset(line.json.get("entries", ()))
        if records not in seen:
            seen.add(records)
            yield line


def _amount(line: Line) -> int:
    money = line.json.get("money")
    return (money.get("value") or 0) if money else 0

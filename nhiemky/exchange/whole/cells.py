"""How the columns of a row are written in a line, and read out of one: derived from the model, nothing by hand.

A cell that has the value a new row has anyway is left out of the line. What a cell reads is ready for `bulk.insert`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import connection, models
from django.utils.translation import gettext as _

from nhiemky.foundation.models import SpannedRow, User
from nhiemky.rules.timeline import ONE_DAY, PartialDate, Precision, Span

LEFT_OUT: Any = object()
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_LOGIN = re.compile(r"\S{1,60}")
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
# a column -> its name in a line, the column that says how exactly the date is known, and whether it is a first day
_DATES = {
    "born_on": ("born", "born_precision"),
    "union_since": ("union_since", "union_since_precision"),
    "planned_ends_before": ("planned_end", "planned_end_precision"),
}
# `type` says in every line of what kind it is
_NAMES = {"code": "id", "type": "kind"}
_PRECISIONS = {str(each.value) for each in Precision}


class Wrong(Exception):
    """What is wrong with a value, as a sentence."""


@dataclass(frozen=True)
class Cell:
    """One name of a line: the columns it stands for, as they are read and as they are filled."""

    name: str
    fields: tuple[str, ...]
    lookups: tuple[str, ...]
    write: Callable[..., Any]
    read: Callable[[Any], tuple[Any, ...]]
    # the row that it points at; its cell reads the code, which is looked up
    target: type[models.Model] | None = field(default=None)


def cells_of(model: type[models.Model], without: Sequence[str] = ()) -> tuple[Cell, ...]:
    """A cell for every column of the table but its key and those left out; what names the row stands first."""
    return tuple(sorted(_cells(model, frozenset(without)), key=lambda cell: cell.name != "id"))


def _cells(model: type[models.Model], without: frozenset[str]) -> Iterator[Cell]:
    taken = set(without)
    for each in model._meta.concrete_fields:
        if each.primary_key or each.name in taken:
            continue
        if each.name == "starts_on" and issubclass(model, SpannedRow):
            cell = _span()
        elif each.name in _DATES:
            cell = _partial(each.name)
        elif each.is_relation:
            cell = _reference(each)
        else:
            cell = _plain(each)
        taken |= set(cell.fields)
        yield cell


def written(cells: Sequence[Cell], values: Sequence[Any]) -> dict[str, Any]:
    """The line's part that these cells fill, from the values of their lookups in order."""
    found: dict[str, Any] = {}
    at = 0
    for cell in cells:
        width = len(cell.lookups)
        value = cell.write(*values[at : at + width])
        at += width
        if value is not LEFT_OUT:
            found[cell.name] = value
    return found


def in_order(value: Any) -> Any:
    """The same JSON on every engine: names of objects in the order of the alphabet."""
    if isinstance(value, dict):
        return {name: in_order(value[name]) for name in sorted(value)}
    return [in_order(each) for each in value] if isinstance(value, list) else value


# ---- spans and dates


def _span() -> Cell:
    names = ("starts_on", "start_precision", "ends_before", "end_precision")
    return Cell("span", names, names, _write_span, _read_span)


def _write_span(starts_on: date | None, start: str, ends_before: date | None, end: str) -> Any:
    span = Span(starts_on, ends_before, Precision(start), Precision(end))
    text = span.isoformat()
    try:
        if Span.parse(text) == span:
            return LEFT_OUT if text == ".." else text
    except ValueError:
        pass
    # an end that no text of a date can say, such as a year that ends in May
    return [_day(starts_on), start, _day(ends_before), end]


def _read_span(given: Any) -> tuple[Any, ...]:
    if isinstance(given, list) and len(given) == 4:
        start, end = _read_day(given[0]), _read_day(given[2])
        return start, _precision(given[1]), end, _precision(given[3])
    try:
        span = Span.parse(".." if given is LEFT_OUT else _text(given))
    except ValueError:
        raise Wrong(_("ngày “%(given)s” không có thật, hoặc ngày cuối trước ngày đầu") % {"given": given}) from None
    return (
        _day(span.starts_on), str(span.start_precision.value), _day(span.ends_before), str(span.end_precision.value),
    )  # fmt: skip


def _partial(name: str) -> Cell:
    shown, precision = _DATES[name]
    is_end = name.endswith("_before")

    def write(value: date | None, known: str) -> Any:
        if value is None:
            return LEFT_OUT if known == Precision.DAY else [None, known]
        if is_end:
            end = Span(None, value, end_precision=Precision(known)).end
            assert end
            return end.isoformat() if end.last + ONE_DAY == value else [_day(value), known]
        text = PartialDate(value, Precision(known)).isoformat()
        return text if PartialDate.parse(text).first == value else [_day(value), known]

    def read(given: Any) -> tuple[Any, ...]:
        if given is LEFT_OUT:
            return None, str(Precision.DAY.value)
        if isinstance(given, list) and len(given) == 2:
            return _read_day(given[0]), _precision(given[1])
        try:
            told = PartialDate.parse(_text(given))
        except ValueError:
            raise Wrong(_("ngày “%(given)s” không có thật") % {"given": given}) from None
        return _day(told.last + ONE_DAY if is_end else told.first), str(told.precision.value)

    return Cell(shown, (name, precision), (name, precision), write, read)


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _read_day(given: Any) -> str | None:
    if given is None:
        return None
    try:
        return date.fromisoformat(_text(given)).isoformat()
    except ValueError:
        raise Wrong(_("ngày “%(given)s” không có thật") % {"given": given}) from None


def _precision(given: Any) -> str:
    if given not in _PRECISIONS:
        raise Wrong(_("“%(given)s” không phải độ chính xác của ngày") % {"given": given})
    return str(given)


# ---- rows pointed at


def _reference(each: Any) -> Cell:
    to = each.related_model
    key, pattern = ("username", _LOGIN) if to is User else ("code", CODE)

    def write(value: str | None) -> Any:
        return LEFT_OUT if value is None else value

    def read(given: Any) -> tuple[Any, ...]:
        if given is LEFT_OUT:
            if not each.null:
                raise Wrong(_("còn thiếu"))
            return (None,)
        if not pattern.fullmatch(_text(given)):
            raise Wrong(_("“%(given)s” không phải mã") % {"given": given[:80]})
        return (given,)

    return Cell(each.name, (each.name,), (f"{each.name}__{key}",), write, read, to)


# ---- plain values


def _plain(each: Any) -> Cell:
    usual = _usual(each)
    write_value, read_value = _PLAIN[_kind(each)]

    def write(value: Any) -> Any:
        return LEFT_OUT if value == usual and type(value) is type(usual) else write_value(value)

    def read(given: Any) -> tuple[Any, ...]:
        if given is LEFT_OUT:
            if usual is LEFT_OUT:
                raise Wrong(_("còn thiếu"))
            # a column takes a JSON value only from its field
            return (_json(each, usual) if isinstance(each, models.JSONField) else usual,)
        return (read_value(each, given),)

    name = _NAMES.get(each.name, each.name)
    return Cell(name, (each.name,), (each.name,), write, read)


def _usual(each: Any) -> Any:
    """The value of a new row of which nothing is said; none where something must be."""
    if each.name == "code":
        return LEFT_OUT
    if each.null:
        return None
    if each.has_default():
        value = each.get_default()
        return str(value.value) if hasattr(value, "value") else value
    return "" if each.blank else LEFT_OUT


def _kind(each: Any) -> str:
    for kind, classes in _KINDS.items():
        if isinstance(each, classes):
            return kind
    raise TypeError(f"a {type(each).__name__} has no way into a line: {each}")


def _text(given: Any) -> str:
    if not isinstance(given, str):
        raise Wrong(_("phải là chữ, không phải “%(given)s”") % {"given": str(given)[:60]})
    return given


def _read_text(each: Any, given: Any) -> str:
    text = _text(given)
    if _UNWRITABLE.search(text):
        raise Wrong(_("có ký tự điều khiển"))
    if each.max_length and len(text) > each.max_length:
        raise Wrong(_("dài hơn %(most)s chữ") % {"most": each.max_length})
    if each.choices and text not in {code for code, _label in each.flatchoices} | {""}:
        raise Wrong(_("không có giá trị “%(given)s”") % {"given": text[:60]})
    if each.name == "code" and not CODE.fullmatch(text):
        raise Wrong(_("“%(given)s” không phải mã") % {"given": text[:80]})
    if not each.blank and not text:
        raise Wrong(_("còn thiếu"))
    return str(each.get_db_prep_save(text, connection))


def _read_integer(each: Any, given: Any) -> int:
    if not isinstance(given, int) or isinstance(given, bool):
        raise Wrong(_("phải là số nguyên, không phải “%(given)s”") % {"given": str(given)[:60]})
    low, high = connection.ops.integer_field_range("BigIntegerField")
    if isinstance(each, models.PositiveSmallIntegerField):
        low, high = 0, 32767
    elif isinstance(each, models.PositiveIntegerField):
        low, high = 0, 2147483647
    if not (low if low is not None else -(2**63)) <= given <= (high if high is not None else 2**63 - 1):
        raise Wrong(_("số %(given)s nằm ngoài mức cho phép") % {"given": str(given)[:60]})
    return given


def _read_boolean(each: Any, given: Any) -> bool:
    if not isinstance(given, bool):
        raise Wrong(_("phải là true hoặc false"))
    return given


def _read_decimal(each: Any, given: Any) -> Any:
    try:
        value = Decimal(_text(given))
        exact = value.is_finite() and value == value.quantize(Decimal(1).scaleb(-each.decimal_places))
        if exact and len(value.as_tuple().digits) <= each.max_digits:
            return each.get_db_prep_save(value, connection)
    except InvalidOperation:
        pass
    raise Wrong(_("“%(given)s” không phải con số") % {"given": given[:60]})


def _read_moment(each: Any, given: Any) -> Any:
    try:
        at = datetime.fromisoformat(_text(given))
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise Wrong(_("thời điểm “%(given)s” không có thật hoặc thiếu múi giờ") % {"given": given[:60]})
    return connection.ops.adapt_datetimefield_value(at)


def _json(each: Any, given: Any) -> Any:
    text = json.dumps(given, ensure_ascii=False)
    if "\\u0000" in text or _UNWRITABLE.search(text):
        raise Wrong(_("có ký tự điều khiển"))
    if not isinstance(given, type(each.get_default())) and each.has_default():
        raise Wrong(_("không đúng dạng"))
    return each.get_db_prep_save(given, connection)


_KINDS: Mapping[str, Any] = {
    "text": (models.CharField, models.TextField),
    "boolean": models.BooleanField,
    "integer": models.IntegerField,
    "decimal": models.DecimalField,
    "moment": models.DateTimeField,
    "day": models.DateField,
    "json": models.JSONField,
}
_PLAIN: Mapping[str, tuple[Callable[[Any], Any], Callable[[Any, Any], Any]]] = {
    "text": (lambda value: value, _read_text),
    "boolean": (lambda value: value, _read_boolean),
    "integer": (lambda value: value, _read_integer),
    "decimal": (str, _read_decimal),
    "moment": (lambda value: value.isoformat(), _read_moment),
    "day": (lambda value: value.isoformat(), lambda each, given: _read_day(given)),
    "json": (in_order, _json),
}

"""What is kept of a person, as data: fields, their words and classes, and how what was typed is read.

One reading serves the form, the sheet and the command line (`data/catalogue/person-fields.toml`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from nhiemky.foundation import catalogue
from nhiemky.foundation.sealing import keyed_digests
from nhiemky.members.models import Person
from nhiemky.rules import typed
from nhiemky.rules.timeline import PartialDate, Precision
from nhiemky.rules.vietnamese import clean, fold, name_sort_key, partial

PLACE = "catalogue/person-fields.toml"
ID_PURPOSE = "id-number"
OLDEST = 1900
_NO_NAME = re.compile(r"\d|[@#<>{}=,;/|]")
_CODE = re.compile(r"[\w./ -]{1,30}")
_ID_NUMBER = re.compile(r"[0-9]{12}|[0-9]{9}")
_ABROAD = re.compile(r"\+?84\d{9}$")
_WITHOUT_NOUGHT = re.compile(r"[35789]\d{8}")
_PHONE = re.compile(r"0\d{9,10}|\+\d{8,15}")
_EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\".]+(\.[^@\s,;<>\".]+)+")
# a column of the model -> the column beside it that says how exactly a date is known
DATES = {"born": ("born_on", "born_precision"), "union_since": ("union_since", "union_since_precision")}


@dataclass(frozen=True)
class Field:
    """A particular of a person, or another column of a sheet of members."""

    code: str
    label: str
    kind: str
    group: str = ""
    secrecy: str = "internal"
    choices: str = ""
    headings: tuple[str, ...] = ()


class Read(NamedTuple):
    """What a typed text says: the values of the model's columns, or the sentence why not; a warning may stand beside."""

    values: Mapping[str, Any] = MappingProxyType({})
    error: str = ""
    warning: str = ""


@cache
def fields() -> dict[str, Field]:
    """The particulars of a person, in the order of a form."""
    return {
        row["code"]: Field(
            row["code"], row["label"], row["kind"], row["group"], row["class"], row.get("choices", ""),
            tuple(row.get("headings", ())),
        )
        for row in catalogue.rows(PLACE, "field")
    }  # fmt: skip


@cache
def columns() -> dict[str, Field]:
    """What a sheet of members may say besides: unit, group, dates of membership, standings."""
    return {
        row["code"]: Field(
            row["code"], row["label"], row["kind"], choices=row.get("choices", ""),
            headings=tuple(row.get("headings", ())),
        )
        for row in catalogue.rows(PLACE, "column")
    }  # fmt: skip


@cache
def groups() -> dict[str, str]:
    return {row["code"]: row["label"] for row in catalogue.rows(PLACE, "group")}


@cache
def choices(name: str) -> dict[str, str]:
    """Code -> words of a list of choices, in order."""
    return {row["code"]: row["label"] for row in catalogue.rows(PLACE, name)}


@cache
def _spellings(name: str) -> dict[str, str]:
    """What a sheet may write, without accents -> code."""
    return {
        fold(spelling): row["code"]
        for row in catalogue.rows(PLACE, name)
        for spelling in (row["code"], row["label"], *row.get("also", ()))
    }


def read(code: str, text: str, today: date) -> Read:
    """What was typed for the field `code`; an empty text empties it."""
    kind = fields()[code].kind
    text = clean(text)
    return _READERS[kind](fields()[code], text, today) if text or kind == "name" else Read(_emptied(code))


def written(person: Person, code: str) -> str:
    """The value as a form or a sheet shows it; empty when it is not known."""
    kind, value = fields()[code].kind, getattr(person, DATES.get(code, (code,))[0])
    if code in DATES:
        return partial(PartialDate(value, Precision(getattr(person, DATES[code][1])))) if value else ""
    if kind == "date":
        return partial(PartialDate.parse(value)) if value else ""
    if kind == "choice":
        return choices(fields()[code].choices).get(value, value)
    if kind == "yes_no":
        return _("có") if value else ""
    return str(value)


def read_choice(name: str, text: str) -> str:
    """The code that the text means in a list of choices; empty when it means none."""
    return _spellings(name).get(fold(text), "")


def id_digests(number: str) -> dict[str, str]:
    """What is searched in the place of an identity number: the whole, and its last four digits."""
    if not number:
        return {"id_digest": "", "id_last_digest": ""}
    whole, last = keyed_digests((number, number[-4:]), ID_PURPOSE)
    return {"id_digest": whole, "id_last_digest": last}


def _emptied(code: str) -> dict[str, Any]:
    if code in DATES:
        return {DATES[code][0]: None, DATES[code][1]: Precision.DAY.value}
    if code == "foreigner":
        return {"foreigner": False}
    return {code: ""} | (id_digests("") if code == "id_number" else {})


def _name(field: Field, text: str, today: date) -> Read:
    if not 0 < len(text) <= 120:
        return Read(error=_("Họ và tên đang để trống hoặc quá dài. Hãy ghi họ và tên, đến 120 chữ."))
    if _NO_NAME.search(text):
        return Read(error=_("“%(text)s” không giống họ tên người. Hãy ghi họ và tên bằng chữ.") % {"text": text[:60]})
    name = in_title_case(text) if text.isupper() or text.islower() else text
    warning = "" if " " in name else _("Họ tên chỉ có một chữ. Hãy kiểm tra xem có thiếu họ hoặc đệm không.")
    return Read(named(name), warning=warning)


def in_title_case(name: str) -> str:
    """'NGUYỄN THỊ LAN' -> 'Nguyễn Thị Lan'."""
    return " ".join(word[:1].upper() + word[1:].lower() for word in name.split())


def named(name: str) -> dict[str, Any]:
    """The columns that a name fills."""
    return {"name": name, "sort_key": name_sort_key(name), "folded": fold(name)}


def _text(field: Field, text: str, today: date) -> Read:
    # a sealed text has no length of its own
    longest = getattr(Person._meta.get_field(field.code), "max_length", None) or 300
    if len(text) > longest:
        return Read(
            error=_("%(label)s dài quá %(longest)s chữ. Hãy ghi ngắn lại.") % {"label": field.label, "longest": longest}
        )
    return Read({field.code: text})


def _code(field: Field, text: str, today: date) -> Read:
    # a spreadsheet turns a card number into a fraction when nobody looks
    if not _CODE.fullmatch(text):
        return Read(error=_("%(label)s gồm chữ và số, đến 30 ký tự. Hãy kiểm tra lại.") % {"label": field.label})
    return Read({field.code: text})


def _choice(field: Field, text: str, today: date) -> Read:
    code = read_choice(field.choices, text)
    if not code:
        known = ", ".join(choices(field.choices).values())
        return Read(
            error=_("%(label)s “%(text)s” chưa có trong danh mục. Hãy ghi một trong: %(known)s.")
            % {"label": field.label, "text": text[:40], "known": known}
        )
    return Read({field.code: code})


def _yes_no(field: Field, text: str, today: date) -> Read:
    yes, no = {"x", "co", "1", "true", "yes", "dung"}, {"khong", "0", "false", "no", "-"}
    if fold(text) not in yes | no:
        return Read(error=_("%(label)s: hãy ghi “có” hoặc để trống.") % {"label": field.label})
    return Read({field.code: fold(text) in yes})


def _date(field: Field, text: str, today: date) -> Read:
    given = read_date(field.label, text, today)
    if isinstance(given, str):
        return Read(error=given)
    if field.code in DATES:
        column, precision = DATES[field.code]
        return Read({column: given.first, precision: given.precision.value}, warning=_odd_age(field, given, today))
    return Read({field.code: given.isoformat()})


def read_date(label: str, text: str, today: date) -> PartialDate | str:
    """The date, known to the day, the month or the year; or the sentence why it is none."""
    try:
        given = typed.partial_date(text, today)
    except ValueError:
        return _("%(label)s “%(text)s” không phải ngày có thật. Hãy ghi như 5/6/1988, 06/1988 hoặc 1988.") % {
            "label": label, "text": text[:30],
        }  # fmt: skip
    if given.first > today:
        return _("%(label)s “%(text)s” ở sau hôm nay. Hãy kiểm tra năm.") % {"label": label, "text": text[:30]}
    if given.first.year < OLDEST:
        return _("%(label)s “%(text)s” quá xa. Hãy kiểm tra năm.") % {"label": label, "text": text[:30]}
    return given


def _odd_age(field: Field, given: PartialDate, today: date) -> str:
    if field.code != "born":
        return ""
    age = today.year - given.first.year
    if age < 15:
        return _("Mới %(age)s tuổi. Hãy kiểm tra năm sinh.") % {"age": age}
    return _("Đã %(age)s tuổi. Hãy kiểm tra năm sinh.") % {"age": age} if age > 80 else ""


def _id_number(field: Field, text: str, today: date) -> Read:
    digits = text if text.isdigit() else re.sub(r"[\s.']", "", text)
    # a spreadsheet that took the number for a number dropped its first noughts
    if digits.isdigit() and len(digits) in (10, 11):
        digits, warning = digits.zfill(12), _("Số CCCD thiếu số 0 ở đầu; đã thêm cho đủ 12 số. Hãy kiểm tra.")
    elif digits.isdigit() and len(digits) == 8:
        digits, warning = digits.zfill(9), _("Số CMND thiếu số 0 ở đầu; đã thêm cho đủ 9 số. Hãy kiểm tra.")
    else:
        warning = ""
    if not _ID_NUMBER.fullmatch(digits):
        return Read(error=_("Số CCCD có 12 chữ số (CMND cũ 9 chữ số). Hãy kiểm tra lại số."))
    return Read({"id_number": digits, **id_digests(digits)}, warning=warning)


def _phone(field: Field, text: str, today: date) -> Read:
    digits = text if text.isdigit() else re.sub(r"[\s.()-]", "", text)
    digits = "0" + digits.removeprefix("+84").removeprefix("84") if _ABROAD.match(digits) else digits
    # a spreadsheet drops the first nought
    digits = f"0{digits}" if _WITHOUT_NOUGHT.fullmatch(digits) else digits
    if not _PHONE.fullmatch(digits):
        return Read(error=_("Số điện thoại có 10 chữ số, bắt đầu bằng 0. Hãy kiểm tra lại số."))
    return Read({"phone": digits})


def _email(field: Field, text: str, today: date) -> Read:
    if len(text) > 200 or not _EMAIL.fullmatch(text):
        return Read(error=_("Địa chỉ thư chưa đúng. Hãy ghi như lan@congdoan.vn, hoặc để trống."))
    return Read({"email": text})


_READERS = {
    "name": _name,
    "text": _text,
    "code": _code,
    "choice": _choice,
    "yes_no": _yes_no,
    "date": _date,
    "id_number": _id_number,
    "phone": _phone,
    "email": _email,
}

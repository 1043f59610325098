"""What a list of members is asked for: filters in the address, and words or numbers that must not stand there."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.translation import gettext as _

from nhiemky.foundation.refusals import Refusal
from nhiemky.foundation.sealing import unveiled, veiled
from nhiemky.members.name_index import words_of
from nhiemky.members.queries.register import Wanted
from nhiemky.members.standings import kinds
from nhiemky.rules import vietnamese
from nhiemky.rules.timeline import Span
from nhiemky.rules.vietnamese import clean
from nhiemky.web.dates import typed_span

LONGEST_SEARCH = 100
LONGEST_TOKEN = 600
SEXES = {"nu": "female", "nam": "male"}
# age on the day: from, and below
AGES = {"duoi-31": (0, 31), "31-45": (31, 46), "46-60": (46, 61), "tren-60": (61, 200)}
PARTY = {"co": True, "khong": False}
MOVED = {"vao": "joined", "roi": "left"}


def age_labels() -> dict[str, str]:
    return {
        "duoi-31": _("đến 30 tuổi"), "31-45": _("31–45 tuổi"), "46-60": _("46–60 tuổi"), "tren-60": _("trên 60 tuổi"),
    }  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """The filters as they were typed, and what could not be read of them."""

    day: date
    typed_day: str = ""
    text: str = ""
    token: str = ""
    sex: str = ""
    age: str = ""
    party: str = ""
    standing: str = ""
    group: str = ""
    below: str = ""
    own: bool = False
    moved: str = ""
    since: str = ""
    until: str = ""
    faults: tuple[str, ...] = ()
    within: Span = field(default_factory=lambda: Span(None, None))

    @classmethod
    def of(cls, request: HttpRequest, today: date) -> Asked:
        """What a request asks for; an unreadable day is today, and says so."""
        given = request.GET
        token = given.get("tim", "")[:LONGEST_TOKEN]
        asked = cls(
            day=today,
            typed_day=given.get("ngay", "").strip()[:20],
            token=token,
            text=text_in(request),
            sex=_among(given.get("gioi", ""), SEXES),
            age=_among(given.get("tuoi", ""), AGES),
            party=_among(given.get("dang", ""), PARTY),
            standing=_among(given.get("tinh-trang", ""), kinds()),
            group=given.get("to", "")[:64],
            below=given.get("o", "")[:64],
            own=given.get("rieng", "") == "1",
            moved=_among(given.get("bien-dong", ""), MOVED),
            since=given.get("tu", "").strip()[:20],
            until=given.get("den", "").strip()[:20],
        )
        return asked._with_dates()

    def _with_dates(self) -> Asked:
        faults, day, within = [], self.day, Span(None, None)
        if self.typed_day:
            try:
                day = vietnamese.parse_day(self.typed_day)
            except ValueError:
                faults.append(
                    _("Ngày “%(given)s” chưa đúng. Hãy ghi ngày/tháng/năm, ví dụ 12/6/2023.")
                    % {"given": self.typed_day}
                )
        if self.moved:
            year = str(day.year)
            try:
                within = typed_span(self.since or self.until or year, self.until or self.since or year)
            except Refusal as refusal:
                faults += refusal.sentences
                within = typed_span(year, year)
        return replace(self, day=day, within=within, faults=tuple(faults))

    @property
    def is_narrowed(self) -> bool:
        return bool(
            self.text or self.sex or self.age or self.party or self.standing or self.group or self.below or self.own
            or self.moved
        )  # fmt: skip

    def query(self, **other: str) -> str:
        """The filters as part of an address, with others in their place; empty ones are left out."""
        given = {
            "ngay": self.typed_day, "tim": self.token, "gioi": self.sex, "tuoi": self.age, "dang": self.party,
            "tinh-trang": self.standing, "to": self.group, "o": self.below, "rieng": "1" if self.own else "",
            "bien-dong": self.moved, "tu": self.since, "den": self.until,
        } | other  # fmt: skip
        return urlencode({name: value for name, value in given.items() if value})

    def wanted(
        self, units: tuple[int, ...] | None, group: int | None = None, day: date | None = None, by_year: bool = False
    ) -> Wanted:
        """The question put to the register; `by_year` for ages by the year of birth alone."""
        found = searched(self.text)
        return Wanted(
            units=units,
            day=day or self.day,
            sex=SEXES.get(self.sex, ""),
            born=_born(self.age, date(self.day.year, 12, 31) if by_year else self.day),
            party=PARTY.get(self.party),
            standing=self.standing,
            group=group,
            moved=MOVED.get(self.moved, ""),
            within=self.within,
            **found,
        )


def token_of(request: HttpRequest) -> str:
    """What was typed into the box, veiled for the address of the answer."""
    text = clean(request.POST.get("q", ""))[:LONGEST_SEARCH]
    return veiled(text, f"search:{request.user.pk}") if text else ""


def text_in(request: HttpRequest) -> str:
    """What stands veiled in the address; empty for whom it was not veiled for."""
    token = request.GET.get("tim", "")[:LONGEST_TOKEN]
    return unveiled(token, f"search:{request.user.pk}") if token else ""


def searched(text: str) -> dict[str, Any]:
    """Words of a name, a whole number of CCCD, its last four digits, a number of a card: told apart by their form."""
    words: list[str] = []
    found: dict[str, Any] = {}
    for part in re.sub(r"(?<=\d)[ .](?=\d)", "", text).split():
        if re.fullmatch(r"\d{9}|\d{12}", part):
            found["number"] = part
        elif re.fullmatch(r"\d{4}", part):
            found["last_four"] = part
        elif any(char.isdigit() for char in part):
            found["card"] = part
        else:
            words += words_of(part)
    return found | {"words": tuple(words[:8])}


def _among(text: str, known: object) -> str:
    return text if text in known else ""  # type: ignore[operator]


def _born(age: str, on: date) -> tuple[date | None, date | None]:
    """Born on or after, and before, for that age on the day."""
    if not age:
        return None, None
    least, below = AGES[age]
    return (
        _years_before(on, below) if below < 200 else None,
        _years_before(on, least) if least else None,
    )


def _years_before(on: date, years: int) -> date:
    """The day after which one born is younger than that on the day `on`."""
    if on.year <= years:
        return date.min
    try:
        before = on.replace(year=on.year - years)
    except ValueError:
        before = on.replace(year=on.year - years, day=28)
    return date.fromordinal(before.toordinal() + 1)

"""A list on its way into the register as its pages show it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from nhiemky.foundation import clock
from nhiemky.foundation.background import Job
from nhiemky.foundation.background import State as JobState
from nhiemky.foundation.models import User
from nhiemky.members import masking
from nhiemky.members.importing.columns import known_columns
from nhiemky.members.importing.drafts import KEEP, Draft, Stage
from nhiemky.members.importing.report import outcome_words
from nhiemky.members.importing.spool import Decision, Looked, State
from nhiemky.members.models import Person, SheetImport
from nhiemky.members.particulars import fields
from nhiemky.members.queries.register import homes_of
from nhiemky.rules import vietnamese
from nhiemky.units.models import Unit
from nhiemky.units.queries import names_of, visible_units
from nhiemky.web.care.shown import moment

# how a cell stands: class, sign, word
LOOKS = {
    State.BLANK: ("blank", "", ""),
    State.SAME: ("same", "=", "như sổ"),
    State.NEW: ("new", "+", "mới"),
    State.CHANGED: ("changed", "≠", "đổi"),
    State.WARNING: ("warning", "!", "lưu ý"),
    State.ERROR: ("error", "×", "lỗi"),
}
# columns whose former value stands beside the new one
_PARTS = {"family_name": "name", "given_name": "name", "born_male": "born", "born_female": "born"}


@dataclass(frozen=True)
class ImportShown:
    """A list that was written before."""

    at: str
    by: str
    words: str

    @classmethod
    def of(cls, row: SheetImport) -> ImportShown:
        return cls(moment(row.at), row.by.display_name, outcome_sentence(row.counts))


@dataclass(frozen=True)
class CellShown:
    label: str
    text: str
    look: str
    sign: str
    word: str
    sentence: str
    # what the register says of the same
    register: str = ""


@dataclass
class RowShown:
    """A row of the preview; `other` is whom it may be about: a title and where they belong."""

    number: int
    state: str
    sign: str
    word: str
    told: list[str]
    cells: list[CellShown]
    offers: list[tuple[str, str, bool]] = field(default_factory=list)
    other: str = ""
    person: str = ""
    decided: str = ""


def words_of(state: State) -> str:
    return {
        State.BLANK: "",
        State.SAME: _("như sổ"),
        State.NEW: _("mới"),
        State.CHANGED: _("đổi"),
        State.WARNING: _("lưu ý"),
        State.ERROR: _("lỗi"),
    }[state]


def legend() -> list[tuple[str, str, str]]:
    """Class, sign and word of each state."""
    return [(LOOKS[state][0], LOOKS[state][1], words_of(state)) for state in State if state]


def draft_words(draft: Draft) -> str:
    """Where a draft stands, and until when it is kept."""
    where = {
        Stage.MAPPING: _("đang xác nhận các cột"),
        Stage.LOOKING: _("đang xem từng dòng"),
        Stage.READY: _("chờ bạn xem và ghi vào sổ"),
        Stage.WRITING: _("đang ghi vào sổ"),
        Stage.WRITTEN: _("đã ghi vào sổ"),
    }[draft.stage]
    return _("%(where)s; tệp giữ đến %(until)s") % {"where": where, "until": moment(draft.made_at + KEEP)}


def mapping_rows(draft: Draft, mapping: Mapping[int, str]) -> list[dict[str, Any]]:
    """Each column of the sheet with its heading, its first cells, and what it may hold."""
    known = known_columns()
    return [
        {
            "at": at,
            "label": label.replace(" / ", ", ") or _("(không có tiêu đề)"),
            "sample": [text for cells in draft.sample if at < len(cells) and (text := cells[at])][:3],
            "options": [(code, each.label, mapping.get(at) == code) for code, each in known.items()],
            "letter": _letter(at),
            "is_known": at in mapping,
        }
        for at, label in enumerate(draft.labels)
        if label or any(at < len(cells) and cells[at] for cells in draft.sample)
    ]


def _letter(at: int) -> str:
    return (chr(64 + at // 26) if at >= 26 else "") + chr(65 + at % 26)


def outcome_sentence(counts: Mapping[str, int]) -> str:
    """'12 ghi mới, 3 sửa người đã có'; what did not happen is not told."""
    told = [f"{vietnamese.number(counts[key])} {word}" for key, word in outcome_words().items() if counts.get(key)]
    return ", ".join(told)


def decision_words(person_known: bool) -> dict[str, str]:
    return {
        Decision.SAME: _("Cùng một người: sửa theo tệp"),
        Decision.NEW: _("Người khác: ghi mới"),
        Decision.OUT: _("Để lại, không ghi dòng này"),
    }


def rows_shown(rows: Sequence[Looked], draft: Draft, unit: Unit, user: User, today: date) -> list[RowShown]:
    """Rows of the preview with, where a person is known, what the register says of them as far as may be seen."""
    codes = [code for _column, code in sorted(draft.mapping.items())]
    labels = [known_columns()[code].label for code in codes]
    beside = _Beside([row.person for row in rows if row.person], unit, user, today)
    return [_row(row, codes, labels, beside) for row in rows]


class _Beside:
    """The persons of a page, in four questions however many there are."""

    def __init__(self, persons: Sequence[int], unit: Unit, user: User, today: date) -> None:
        self.persons = Person.objects.in_bulk(persons) if persons else {}
        # under whichever of their records: the unit that keeps a merged person is asked for as well
        self.homes = {pk: row.unit_id for pk, row in homes_of(self.persons.values()).items()} if persons else {}
        units = set(self.homes.values())
        seen = set(visible_units(user, today).filter(pk__in=units).values_list("pk", flat=True)) if units else set()
        self.names = {pk: each.short for pk, each in names_of(seen, today).items()} if seen else {}
        self.near = masking.sight_of(user, unit, today) if persons else masking.Sight.FAR
        self.unit = unit.pk

    def about(self, person: int) -> str:
        """Where the person belongs, or that this is not for the reader to know."""
        home = self.homes.get(person)
        if home is None:
            return _("Trong sổ: chưa thuộc đơn vị nào")
        if home not in self.names:
            return _("Trong sổ: thuộc một đơn vị khác, ngoài phạm vi của bạn")
        return _("Trong sổ: %(unit)s") % {"unit": self.names[home]}

    def value(self, person: int, code: str) -> str:
        code = _PARTS.get(code, code)
        home = self.homes.get(person)
        if person not in self.persons or code not in fields() or (home is not None and home not in self.names):
            return ""
        sight = self.near if home == self.unit else masking.Sight.FAR
        return masking.shown(self.persons[person], code, sight)


def _row(row: Looked, codes: list[str], labels: list[str], beside: _Beside) -> RowShown:
    look, sign, _word = LOOKS[row.state]
    # two beside each other where somebody must decide, or where something known would change
    compares = bool(row.person) and (row.is_open or row.blocked or row.state in (State.CHANGED, State.WARNING))
    cells = []
    for code, label, (text, state, sentence) in zip(codes, labels, row.cells, strict=True):
        style, mark, _plain = LOOKS[State(state)]
        register = beside.value(row.person, code) if compares else ""
        cells.append(CellShown(label, text, style, mark, words_of(State(state)), sentence, register))
    words = decision_words(bool(row.person))
    shown = RowShown(row.number, look, sign, words_of(row.state), row.told, cells)
    if row.is_open:
        shown.offers = [(str(each), words[each], row.decision == each) for each in row.offers]
        shown.decided = words.get(row.decision, "")
    if compares:
        shown.other = beside.about(row.person)
    return shown


@dataclass(frozen=True)
class WorkShown:
    """The work on a draft that goes on in the background, or that was broken off."""

    running: bool
    sentence: str
    percent: str


def work_shown(draft: Draft, job: Job | None) -> WorkShown | None:
    """Nothing where the draft waits for its owner."""
    if draft.stage not in (Stage.LOOKING, Stage.WRITING):
        return None
    # ordered this moment, and not yet seen in the list of jobs
    if job is None or job.state in (JobState.WAITING, JobState.DONE):
        return WorkShown(True, _("Đang chờ đến lượt… Bạn có thể đóng trang này."), "0")
    percent = str(job.done // 10)
    if job.state is JobState.RUNNING:
        sentence = (
            _("Đang xem từng dòng: %(percent)s %%. Bạn có thể đóng trang này.")
            if draft.stage is Stage.LOOKING
            else _("Đang ghi vào sổ: %(percent)s %%. Bạn có thể đóng trang này.")
        )
        return WorkShown(True, sentence % {"percent": percent}, percent)
    return WorkShown(False, _("Việc này bị ngắt giữa chừng; chưa có gì được ghi vào sổ. Hãy làm lại."), percent)


def now_words() -> str:
    return moment(clock.now())

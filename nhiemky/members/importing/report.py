"""The file that says what became of every row of a sheet: written while the rows are, so nothing of it waits in memory."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

import xlsxwriter
from django.utils.translation import gettext as _

from nhiemky.documents.sheets import FORMULA
from nhiemky.members.importing.columns import NAME_PARTS, known_columns
from nhiemky.members.importing.spool import Looked, State
from nhiemky.members.importing.writing import Outcome


def outcome_words() -> dict[str, str]:
    return {
        Outcome.NEW: _("ghi mới"),
        Outcome.AMENDED: _("sửa người đã có"),
        Outcome.SAME: _("đã có, không đổi"),
        Outcome.OUT: _("để lại theo quyết định"),
        Outcome.FAULTY: _("để lại vì có lỗi"),
    }


class Report:
    """A sheet with a line for each row: where it stood, whom it named, what was done, and why."""

    def __init__(self, place: Path, codes: list[str], title: str) -> None:
        labels = [known_columns()[code].label for code in codes]
        self._names = {at for at, code in enumerate(codes, 3) if code in NAME_PARTS}
        place.unlink(missing_ok=True)
        place.touch(mode=0o600)
        self._book = xlsxwriter.Workbook(
            place, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
                    "tmpdir": str(place.parent)}
        )  # fmt: skip
        self._quoted = self._book.add_format({"quote_prefix": True})
        bold = self._book.add_format({"bold": True})
        self._page = self._book.add_worksheet(_("Kết quả nạp"))
        self._words, self._labels, self._at = outcome_words(), labels, 2
        self._page.write_string(0, 0, title, bold)
        for at, label in enumerate([_("Dòng trong tệp"), _("Kết quả"), _("Vì sao"), *labels]):
            self._page.set_column(at, at, 60 if at == 2 else 18)
            self._page.write_string(1, at, label, bold)
        self._page.freeze_panes(2, 2)

    def __enter__(self) -> Report:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._book.close()

    def note(self, row: Looked, outcome: str, _code: str) -> None:
        self._page.write_number(self._at, 0, row.number)
        self._page.write_string(self._at, 1, self._words[outcome])
        if told := sentences(row, self._labels):
            self._string(2, " ".join(told))
        # what was left out stands whole, to be mended here and taken in again; of the rest a name will do
        whole = outcome in (Outcome.OUT, Outcome.FAULTY)
        for at, (text, _state, _sentence) in enumerate(row.cells, 3):
            if text and (whole or at in self._names):
                self._string(at, text)
        self._at += 1

    def _string(self, at: int, text: str) -> None:
        if text.startswith(FORMULA):
            self._page.write_string(self._at, at, text, self._quoted)
        else:
            self._page.write_string(self._at, at, text)


def sentences(row: Looked, labels: list[str]) -> list[str]:
    """All that is said of a row: of the whole, then of its cells by their columns."""
    of_cells = [
        f"{label}: {sentence}"
        for label, (_text, state, sentence) in zip(labels, row.cells, strict=True)
        if sentence and state in (State.WARNING, State.ERROR)
    ]
    return [*row.told, *of_cells]

"""The file that says what became of every row of a sheet: written while the rows are, so nothing of it waits in memory."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

from django.utils.translation import gettext as _

from nhiemky.documents.long_sheet import LongSheet
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
        place.unlink(missing_ok=True)
        place.touch(mode=0o600)
        self._labels = [known_columns()[code].label for code in codes]
        self._names = {at for at, code in enumerate(codes) if code in NAME_PARTS}
        self._words = outcome_words()
        self._page = LongSheet(place, _("Kết quả nạp"), [10, 20, 60, *[18] * len(codes)], (2, 2), sentences=2)
        self._page.add([title], heading=True)
        self._page.add([_("Dòng trong tệp"), _("Kết quả"), _("Vì sao"), *self._labels], heading=True)

    def __enter__(self) -> Report:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._page.__exit__(kind, fault, trace)

    def note(self, row: Looked, outcome: str, _code: str) -> None:
        # what was left out stands whole, to be mended here and taken in again; of the rest a name will do
        whole = outcome in (Outcome.OUT, Outcome.FAULTY)
        cells = [cell[0] if whole or at in self._names else "" for at, cell in enumerate(row.cells)]
        told = " ".join(sentences(row, self._labels)) if row.told or row.state >= State.WARNING else ""
        self._page.add([row.number, self._words[outcome], told, *cells])


def sentences(row: Looked, labels: list[str]) -> list[str]:
    """All that is said of a row: of the whole, then of its cells by their columns."""
    of_cells = [
        f"{label}: {sentence}"
        for label, (_text, state, sentence) in zip(labels, row.cells, strict=True)
        if sentence and state in (State.WARNING, State.ERROR)
    ]
    return [*row.told, *of_cells]

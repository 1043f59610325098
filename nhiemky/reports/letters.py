"""The letter that introduces a member to another unit (giấy giới thiệu chuyển sinh hoạt): contents, then Word and PDF.

It is the person's own paper, so nothing is masked on it. Of its contents only keys are kept beside the issued files: an
erased person must not live on in a table of documents.
"""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override
from docx import Document

from nhiemky.documents import pdf, word
from nhiemky.reports.word_pieces import head, line, set_up, signature, tag, text
from nhiemky.rules.vietnamese import parse_day

LETTER = "transfer_letter"
LETTER_FORMATS = ("docx", "pdf")
SOURCE = Path(__file__).parent / "letter.typ"
LABEL_MM = 62


@dataclass(frozen=True)
class LetterContents:
    """What the letter says, in whole words. `facts`: what is known of the person, with its name."""

    transfer: str
    person: str
    unit_code: str
    unit_name: str
    parent_name: str
    to_name: str
    to_code: str
    name: str
    facts: tuple[tuple[str, str], ...]
    last_day: str
    reason: str
    prepared_on: str
    fictional: bool

    @property
    def title(self) -> str:
        return _("Giấy giới thiệu chuyển sinh hoạt công đoàn: %(name)s") % {"name": self.name}

    @property
    def digest(self) -> str:
        """SHA-256 over everything that the letter says, the day of writing aside."""
        said = asdict(self) | {"prepared_on": ""}
        return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()

    def as_json(self) -> dict[str, Any]:
        """What is kept beside the files: keys, and nothing that is of the person."""
        kept = ("transfer", "person", "unit_code", "to_code", "last_day", "prepared_on", "fictional")
        return {name: value for name, value in asdict(self).items() if name in kept}


def layout(contents: LetterContents, number: str = "") -> dict[str, Any]:
    """Every text of the letter in the order of the page."""
    prepared = parse_day(contents.prepared_on)
    to, unit, name = contents.to_name, contents.unit_name, contents.name
    return {
        "cap_tren": contents.parent_name,
        "don_vi": unit,
        # dots where the office writes by hand
        "so_van_ban": number or "…………/GT-………",
        "dia_danh": "……………",
        "ngay": f"{prepared.day:02d}",
        "thang": f"{prepared.month:02d}",
        "nam": f"{prepared.year}",
        "hu_cau": contents.fictional,
        "ten_bao_cao": contents.title,
        "kinh_gui": _("Kính gửi: Ban Chấp hành %(to)s") % {"to": to},
        "mo_dau": _("Ban Chấp hành %(unit)s giới thiệu đoàn viên:") % {"unit": unit},
        "dong": [{"ten": label, "gia_tri": value} for label, value in contents.facts],
        "noi_dung": _("được chuyển sinh hoạt công đoàn đến %(to)s.") % {"to": to},
        "ly_do": _("Lý do: %(reason)s.") % {"reason": contents.reason.rstrip(".")} if contents.reason else "",
        "thoi_gian": (
            _("Đồng chí %(name)s sinh hoạt tại đơn vị đến hết ngày %(day)s; trong khi chờ tiếp nhận vẫn là đoàn viên của đơn vị.")
            if contents.to_code
            else _("Đồng chí %(name)s sinh hoạt tại đơn vị đến hết ngày %(day)s.")
        ) % {"name": name, "day": contents.last_day},
        "de_nghi": _(
            "Đề nghị Ban Chấp hành %(to)s tiếp nhận và tạo điều kiện để đồng chí %(name)s tham gia sinh hoạt công đoàn."
        ) % {"to": to, "name": name},
        "noi_nhan": [_("- Như trên;"), _("- Đồng chí %(name)s;") % {"name": name}, _("- Lưu: VT.")],
    }  # fmt: skip


def render_letter(contents: LetterContents, format: str, number: str = "") -> bytes:
    """The letter in one of LETTER_FORMATS."""
    if format == "docx":
        return word.render(_template(), layout(contents, number))
    return pdf.render(SOURCE, layout(contents, number))


@cache
def _template() -> bytes:
    document = Document()
    with override("vi"):
        set_up(document)
        head(document)
        line(document, _("GIẤY GIỚI THIỆU"), size=16, bold=True, before=12)
        line(document, _("Chuyển sinh hoạt công đoàn"), bold=True, after=10, size=13)
        line(document, "{{ kinh_gui }}", after=10, size=13)
        text(document, "{{ mo_dau }}", indent=10, size=13, after=3)
        tag(document, "{%p for d in dong %}")
        text(document, "{{ d.ten }}:\t{{ d.gia_tri }}", hang=LABEL_MM, size=13, after=1)
        tag(document, "{%p endfor %}")
        text(document, "{{ noi_dung }}", indent=10, before=4, size=13, after=3)
        tag(document, "{%p if ly_do %}")
        text(document, "{{ ly_do }}", indent=10, size=13, after=3)
        tag(document, "{%p endif %}")
        text(document, "{{ thoi_gian }}", indent=10, size=13, after=3)
        text(document, "{{ de_nghi }}", indent=10, size=13, after=3, keep=True)
        signature(document, *(f"{{{{ noi_nhan[{at}] }}}}" for at in range(3)), room=50)
    kept = io.BytesIO()
    document.save(kept)
    return kept.getvalue()

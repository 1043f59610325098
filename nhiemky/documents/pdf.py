"""PDF out, set by Typst: archivable (PDF/A-2a) and readable aloud (PDF/UA-1)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import typst

STANDARDS: list[typst.PDFStandard] = ["a-2a", "ua-1"]
# Times New Roman is what the State's rules on documents name; the two after it have its measures.
FAMILIES = ("Times New Roman", "Liberation Serif", "Tinos")
INSIDE_TYPST = "Libertinus Serif"
LETTERS = "ĂÂĐÊÔƠƯẢẠẰẮẲẴẶẦẤẨẪẬẺẼẸỀẾỂỄỆỈỊỎỌỒỐỔỖỘỜỚỞỠỢỦỤỪỨỬỮỰỲỶỸỴ"
PROBE = """#set document(title: "?")
#set text(font: sys.inputs.font, lang: "vi", fallback: false)
#for style in ("normal", "italic") { for weight in ("regular", "bold") {
  text(style: style, weight: weight, sys.inputs.letters + lower(sys.inputs.letters)) } }"""


def render(source: Path, data: Mapping[str, Any]) -> bytes:
    """The PDF of a Typst file, which reads `json(bytes(sys.inputs.data))`, `sys.inputs.font` and its own folder.

    Data is never pasted into the source: what a person typed cannot become markup.
    """
    fonts, family = face()
    given = {"data": json.dumps(data, ensure_ascii=False), "font": family}
    # A sign that no font can draw is forbidden in an archive file. Rather a plain PDF than none.
    for tried, standards in ((fonts, STANDARDS), (_all_fonts(), STANDARDS)):
        try:
            return _compile(source, source.parent, tried, given, standards)
        except typst.TypstError:
            continue
    return _compile(source, source.parent, _all_fonts(), given, [])


@cache
def face() -> tuple[typst.Fonts, str]:
    """A family in which this machine can draw every Vietnamese letter, with nothing beside it to mix in.

    Debian still ships a Liberation Serif without them, and letters borrowed one by one from another face look broken.
    """
    installed = _all_fonts().fonts()
    for family in FAMILIES:
        folders = {Path(font.path).parent: None for font in installed if font.family == family and font.path}
        for folder in folders:
            fonts = typst.Fonts(include_system_fonts=False, font_paths=[folder])
            if _is_complete(fonts, family):
                return fonts, family
    return typst.Fonts(include_system_fonts=False), INSIDE_TYPST


@cache
def _all_fonts() -> typst.Fonts:
    return typst.Fonts()


def _is_complete(fonts: typst.Fonts, family: str) -> bool:
    try:
        # an archive file must not hold a letter without a shape, so the export itself tells
        _compile(PROBE.encode(), None, fonts, {"font": family, "letters": LETTERS}, STANDARDS)
    except typst.TypstError:
        return False
    return True


def _compile(source: Any, root: Path | None, fonts: typst.Fonts, given: dict[str, str], standards: list[Any]) -> bytes:
    return typst.compile(source, root=root, font_paths=fonts, sys_inputs=given, pdf_standards=standards, format="pdf")

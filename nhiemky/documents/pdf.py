"""PDF out, set by Typst: archivable (PDF/A-2a) and readable aloud (PDF/UA-1)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import typst

STANDARDS: list[typst.PDFStandard] = ["a-2a", "ua-1"]


def render(source: Path, data: Mapping[str, Any]) -> bytes:
    """The PDF of a Typst file. It reads `json(bytes(sys.inputs.data))`, and files of its own folder only.

    Data is never pasted into the source: what a person typed cannot become markup.
    """
    given = {"data": json.dumps(data, ensure_ascii=False)}
    return typst.compile(
        source, root=source.parent, font_paths=_fonts(), sys_inputs=given, pdf_standards=STANDARDS, format="pdf"
    )


@cache
def _fonts() -> typst.Fonts:
    """The fonts of the machine and those inside Typst, looked for once."""
    return typst.Fonts()

"""The report as one HTML file that needs no server."""

from __future__ import annotations

from pathlib import Path

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

from nhiemky.reports.contents import ReportContents
from nhiemky.web.reports.shown import report_shown

STYLES = ("tokens", "base", "shell", "components", "tables", "screens", "report", "print")


def standalone_page(contents: ReportContents) -> str:
    """The body of the report's page without links; the style sheet stands inside, for a file has no neighbours."""
    shown = {"report": report_shown(contents, None), "fictional": contents.fictional}
    page = render_to_string("web/reports/standalone.html", shown)
    return page.replace("</head>", f"<style>\n{_styles()}</style>\n</head>", 1)


def _styles() -> str:
    found = []
    for name in STYLES:
        place = finders.find(f"web/{name}.css")
        if place is None:
            raise FileNotFoundError(f"web/{name}.css")
        found.append(Path(str(place)).read_text(encoding="utf-8"))
    return "\n".join(found)

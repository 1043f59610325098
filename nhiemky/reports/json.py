"""A report as documented JSON (docs/json.md)."""

from __future__ import annotations

from typing import Any

from nhiemky.reports.contents import Line, ReportContents


def report_json(contents: ReportContents) -> dict[str, Any]:
    """Everything the page shows: `figures` are results and congress facts, `targets` of the period, `direction` what comes."""
    results = [_figure(line, section.code) for section in contents.sections for line in section.lines]
    congress = [_figure(line, "congress") for line in contents.congress]
    return {
        "unit": {
            "code": contents.unit_code,
            "name": contents.unit_name,
            "parent": contents.parent_code or None,
            "parent_name": contents.parent_name or None,
            "kind": contents.kind_code,
            "block": contents.block_code or None,
            "fictional": contents.fictional,
        },
        "title": contents.title,
        "period": {"key": contents.period_key, "title": contents.period_title, "span": contents.period_span},
        "as_of": contents.as_of_span,
        "boundaries": contents.boundaries_on or "then",
        "figures": results + congress,
        "targets": [dict(row.json) | {"clause": row.clause or None} for row in contents.targets],
        "targets_met": contents.targets_met or None,
        "direction": [dict(row.json) | {"clause": row.clause or None} for row in contents.direction],
        "direction_title": contents.direction_title or None,
        "congress_title": contents.congress_title or None,
        "posts": [vars(post) for post in contents.posts],
        "motto": contents.motto or None,
        "remarks": list(contents.remarks),
        "sources": list(contents.sources),
        "records_digest": contents.records_digest,
    }


def _figure(line: Line, section: str) -> dict[str, Any]:
    return dict(line.json) | {"section": section}

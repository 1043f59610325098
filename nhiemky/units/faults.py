"""What is wrong with the tree as it is kept: days on which it is none, two parents, terms that clash."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from itertools import combinations

from django.utils.translation import gettext as _

from nhiemky.rules.timeline import edges_by_unit, line_on
from nhiemky.units.models import Placement, Unit
from nhiemky.units.queries import edge_of, edges_known, terms_of


def tree_faults() -> Iterator[tuple[str, str]]:
    """Every fault: which row (`placement:…`, `unit:…`), and a sentence."""
    rows = list(edges_known().select_related("unit", "parent"))
    by_unit: dict[int, list[Placement]] = defaultdict(list)
    for row in rows:
        by_unit[row.unit_id].append(row)
        for each in (row.unit, row.parent):
            if not each.span.covers(row.span):
                yield (
                    f"placement:{row.code}",
                    _("Đơn vị “%(code)s” không hoạt động suốt thời gian này.") % {"code": each.code},
                )
    for placed in by_unit.values():
        for one, two in combinations(placed, 2):
            if one.span.overlaps(two.span):
                yield (
                    f"placement:{two.code}", _("Đơn vị “%(code)s” có hai cấp trên cùng lúc.") % {"code": two.unit.code}
                )  # fmt: skip
    edges = edges_by_unit(edge_of(row) for row in rows)
    for row in rows:
        day = row.starts_on or date.min
        if row.unit_id in line_on(edges, row.parent_id, day):
            yield f"placement:{row.code}", _("Đơn vị “%(code)s” đứng dưới chính nó.") % {"code": row.unit.code}
    for unit in Unit.objects.prefetch_related("terms"):
        for first, second in combinations(terms_of(unit), 2):
            if first.span.clashes(second.span):
                yield (
                    f"unit:{unit.code}",
                    _("Hai nhiệm kỳ %(a)s và %(b)s trùng thời gian.") % {"a": first.label, "b": second.label},
                )

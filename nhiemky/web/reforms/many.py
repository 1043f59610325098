"""Many rows at once: the units that stand under one unit go under another; and rows out of a filled sheet."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from nhiemky.foundation.refusals import Refusal
from nhiemky.members.queries.transfers import KINDS
from nhiemky.reforms.models import Reorganisation
from nhiemky.reforms.queries.plan import MOST_ROWS
from nhiemky.reforms.rows import Do, Row
from nhiemky.reforms.sheet import read_plan, template
from nhiemky.rules import vietnamese
from nhiemky.units.queries import UnitCard, names_of, tree_on
from nhiemky.web import access
from nhiemky.web.files import attachment
from nhiemky.web.frame import answered
from nhiemky.web.reforms.picking import LONGEST_SEARCH, among, pick
from nhiemky.web.reforms.planning import added, draft_to_change, numbered, rows_in, save_rows
from nhiemky.web.reforms.shown import Names, about

# of more units than this all are taken: a form holds no more boxes
MOST_BOXES = 900


@access.form
def many(request: HttpRequest, code: str) -> HttpResponse:
    """From which unit, to which, and then the list with a box for each."""
    event = draft_to_change(request, code)
    if isinstance(event, HttpResponse):
        return event
    given = request.POST if request.method == "POST" else request.GET
    kept = {box: given.get(box, "").strip()[:LONGEST_SEARCH * 2] for box in ("tu", "ve")}  # fmt: skip
    rows = rows_in(event)
    names = Names(event, rows)
    source = among(event, "ve", None).filter(code=kept["tu"]).first()
    if source is None:
        return pick(request, event, "tu", None, kept, title=_("Chuyển các đơn vị của đơn vị nào?"))
    if not kept["ve"]:
        title = _("Các đơn vị của %(unit)s về đâu?") % {"unit": names.of(source.code)}
        return pick(request, event, "ve", None, kept, title=title, new=names.founded())
    children = tree_on(event.day).get(source.pk, [])
    found = sorted(names_of(children, event.day).values(), key=lambda each: vietnamese.sort_key(each.name))
    spoken = {names.directory.find(row.unit) for row in rows if row.do in (Do.MOVE, Do.MERGE, Do.SPLIT, Do.END)}
    target = names.directory.find(kept["ve"])
    free = [each for each in found if each.code not in spoken and each.code != target]
    chosen = set(request.POST.getlist("cdcs")) if request.method == "POST" else {each.code for each in free if each.kind in KINDS}  # fmt: skip

    def page(faults: Sequence[str], status: int) -> HttpResponse:
        context = about(event) | {
            "source": names.of(source.code), "target": names.of(kept["ve"]), "kept": kept,
            "units": [(each, each.code in chosen) for each in free],
            "count": vietnamese.number(len(free)), "spoken": len(found) - len(free), "boxes": len(free) <= MOST_BOXES,
            "may_end": source.pk != event.unit_id and source.code not in spoken, "ends": "ket-thuc" in request.POST,
            "faults": faults,
        }  # fmt: skip
        return render(request, "web/reforms/many.html", context, status=status)

    def done(count: int) -> HttpResponse:
        messages.success(request, _("Đã thêm %(count)s dòng.") % {"count": vietnamese.number(count)})
        return redirect("web.reforms.event", event.code)

    return answered(request, page, lambda: _moved(request, event, free, chosen, kept, source.code), done)


def _moved(
    request: HttpRequest, event: Reorganisation, free: Sequence[UnitCard], chosen: set[str], kept: dict[str, str],
    source: str,
) -> int:  # fmt: skip
    every = len(free) > MOST_BOXES
    # a unit that a row speaks of already was sent by the same form before
    rows = [Row(Do.MOVE, each.code, kept["ve"]) for each in free if every or each.code in chosen]
    if "ket-thuc" in request.POST and source != event.unit.code:
        rows.append(Row(Do.END, source))
    if not rows and not chosen:
        raise Refusal(_("Chưa chọn đơn vị nào. Hãy đánh dấu ít nhất một đơn vị."))
    return added(request, event, rows)


@access.form
def sheet(request: HttpRequest, code: str) -> HttpResponse:
    """A filled sheet in place of the rows, or behind them."""
    event = draft_to_change(request, code)
    if isinstance(event, HttpResponse):
        return event
    way = request.POST.get("cach", "thay")

    def page(faults: Sequence[str], status: int) -> HttpResponse:
        context = about(event) | {"faults": faults, "way": way, "count": vietnamese.number(len(event.plan)) if event.plan else ""}  # fmt: skip
        return render(request, "web/reforms/sheet.html", context, status=status)

    def write() -> int:
        given = request.FILES.get("tep")
        if not isinstance(given, UploadedFile):
            raise Refusal(_("Chưa chọn tệp. Hãy chọn tệp Excel đã điền rồi bấm nạp."))
        rows = read_plan(given.read())
        if not rows:
            raise Refusal(_("Trong tệp chưa dòng nào ghi cột “Việc”. Hãy ghi việc ở các dòng có thay đổi rồi nạp lại."))
        if len(rows) + (len(event.plan) if way == "them" else 0) > MOST_ROWS:
            raise Refusal(_("Phương án có hơn 150.000 dòng. Hãy chia thành nhiều phương án."))
        if way == "them":
            return added(request, event, rows)
        save_rows(request, event, numbered(rows))
        return len(rows)

    def done(count: int) -> HttpResponse:
        messages.success(request, _("Đã nạp %(count)s dòng từ tệp.") % {"count": vietnamese.number(count)})
        return redirect("web.reforms.event", event.code)

    return answered(request, page, write, done)


@access.signed_in
@require_safe
def template_file(request: HttpRequest, code: str) -> HttpResponse:
    """The sheet to fill in, with the units below on the event's day."""
    event = draft_to_change(request, code)
    if isinstance(event, HttpResponse):
        return event
    name = _("Phương án sắp xếp %(unit)s") % {"unit": event.unit.code}
    return attachment(template(event.unit, event.day), "xlsx", name)

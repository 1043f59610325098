"""One row of a plan: what happens, to which unit, and the few boxes that matter for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazily
from django.views.decorators.http import require_POST

from nhiemky.foundation import catalogue
from nhiemky.foundation.refusals import NotAllowed, Refusal
from nhiemky.reforms.models import Reorganisation
from nhiemky.reforms.queries.plan import kinds_offered
from nhiemky.reforms.rows import Do, Row
from nhiemky.rules.vietnamese import clean
from nhiemky.web import access
from nhiemky.web.frame import answered, underscored
from nhiemky.web.reforms.picking import pick
from nhiemky.web.reforms.planning import added, draft_to_change, mark_of, row_marked, rows_in, save_rows
from nhiemky.web.reforms.shown import Names, about, sentence_of

# box of the form -> field of the row
BOXES = {
    "viec": "do", "don-vi": "unit", "ve": "to", "ten": "name", "ten-gon": "short", "loai": "kind", "khoi": "block",
    "dia-ban": "territory", "nguoi": "person",
}  # fmt: skip
CHECKS = {"thua-ke": "heir", "con-lai": "rest"}
LONGEST = 250
_NEW = ("ten", "ten-gon", "loai", "khoi")
# what each kind of row is filled in with, once its units are chosen
ASKS: dict[Do, tuple[str, ...]] = {
    Do.FOUND: (*_NEW, "dia-ban"),
    Do.RENAME: ("ten", "ten-gon"),
    Do.RETYPE: ("loai", "khoi"),
    Do.MOVE: ("dia-ban",),
    Do.MERGE: (),
    Do.SPLIT: ("thua-ke", "con-lai"),
    Do.END: (),
    Do.INHERIT: (),
    Do.REVIVE: (),
    Do.ALLOT: ("nguoi",),
}
WITHOUT_TO = frozenset({Do.RENAME, Do.RETYPE, Do.END})
MAY_BE_NEW = frozenset({Do.MERGE, Do.SPLIT})


@access.form
def add(request: HttpRequest, code: str) -> HttpResponse:
    event = draft_to_change(request, code)
    if isinstance(event, HttpResponse):
        return event
    return _row(request, event, None)


@access.form
def edit(request: HttpRequest, code: str, at: int) -> HttpResponse:
    event = draft_to_change(request, code)
    if isinstance(event, HttpResponse):
        return event
    rows = rows_in(event)
    if not 0 < at <= len(rows):
        raise Http404
    return _row(request, event, rows[at - 1])


@access.signed_in
@require_POST
def remove(request: HttpRequest, code: str, at: int) -> HttpResponse:
    event = draft_to_change(request, code)
    if isinstance(event, HttpResponse):
        return event
    rows = rows_in(event)
    try:
        gone = row_marked(rows, at, request.POST.get("dong", ""))
        save_rows(request, event, [row for row in rows if row.at != at])
        messages.success(request, _("Đã bỏ dòng: %(row)s.") % {"row": sentence_of(gone, Names(event, rows))})
    except NotAllowed:
        raise
    except Refusal as refusal:
        messages.error(request, " ".join(refusal.sentences))
    return redirect("web.reforms.event", event.code)


def _given(request: HttpRequest, row: Row | None) -> dict[str, str]:
    """What was typed or chosen so far; of a row that is changed, what it says."""
    if request.method == "POST":
        return {box: request.POST.get(box, "").strip()[:LONGEST] for box in (*BOXES, *CHECKS, "moi")}
    begun = {box: str(getattr(row, field)) for box, field in BOXES.items()} if row else {}
    begun |= {box: "1" for box, field in CHECKS.items() if row and getattr(row, field)}
    if row and row.do in MAY_BE_NEW and row.name:
        begun["moi"] = "1"
    given = {box: request.GET.get(box, begun.get(box, "")).strip()[:LONGEST] for box in (*BOXES, *CHECKS, "moi")}
    if request.GET.get("ve"):
        given["moi"] = ""
    return given


def _row(request: HttpRequest, event: Reorganisation, row: Row | None) -> HttpResponse:
    """First what happens, then to whom and where to, then the rest."""
    given = _given(request, row)
    do = Do(given["viec"]) if given["viec"] in set(Do) else None
    rows = rows_in(event)
    if do is None:
        context = about(event) | {"choices": [(each, each.label, WHAT[each]) for each in Do]}
        return render(request, "web/reforms/choose.html", context)
    names = Names(event, rows)
    wanted = request.GET.get("chon", "") if request.method != "POST" else ""
    kept = {name: value for name, value in given.items() if name != "chon"}
    if request.method != "POST" and do is not Do.FOUND and (wanted == "don-vi" or not given["don-vi"]):
        return pick(request, event, "don-vi", do, kept, title=WHOM[do], new=names.founded() if do is Do.INHERIT else ())
    goes = do not in WITHOUT_TO
    asked = do is not Do.FOUND or wanted == "ve"
    if request.method != "POST" and goes and asked and (wanted == "ve" or not (given["ve"] or given["moi"])):
        title = WHERE[do] % {"unit": names.of(given["don-vi"]) if given["don-vi"] else given["ten"]}
        return pick(request, event, "ve", do, kept, title=title, new=names.founded(), may_be_new=do in MAY_BE_NEW)

    def page(faults: Sequence[str], status: int) -> HttpResponse:
        return _form(request, event, row, do, given, names, faults, status)

    def write() -> bool:
        new = _typed(do, given)
        if row is None:
            return bool(added(request, event, [new]))
        row_marked(rows, row.at, request.POST.get("dong", ""))
        save_rows(request, event, [new if each.at == row.at else each for each in rows])
        return True

    def done(made: bool) -> HttpResponse:
        # the same form sent twice: its row stands there once
        messages.success(request, _("Đã ghi vào phương án.") if made else _("Dòng này đã có trong phương án."))
        return redirect("web.reforms.event", event.code)

    return answered(request, page, write, done)


def _typed(do: Do, given: dict[str, str]) -> Row:
    """The row; a Refusal where a box that it cannot be without is empty."""
    new = do in MAY_BE_NEW and bool(given["moi"])
    boxes = {"viec", "don-vi", "ve", *ASKS[do], *(_NEW if new else ())}
    faults = []
    if (do in (Do.FOUND, Do.RENAME) or new) and not clean(given["ten"]):
        faults.append(_("Chưa có tên mới. Hãy ghi tên đầy đủ của đơn vị."))
    if do in (Do.FOUND, Do.RETYPE) and not given["loai"]:
        faults.append(_("Chưa chọn loại đơn vị. Hãy chọn một loại."))
    if do is Do.ALLOT and not given["nguoi"]:
        faults.append(_("Chưa ghi đoàn viên. Hãy ghi số thẻ hoặc mã đoàn viên."))
    if do is not Do.FOUND and not given["don-vi"]:
        faults.append(_("Chưa chọn đơn vị. Hãy chọn đơn vị rồi ghi."))
    if do not in WITHOUT_TO and do is not Do.FOUND and not new and not given["ve"]:
        faults.append(_("Chưa chọn đơn vị nhận. Hãy chọn đơn vị rồi ghi."))
    if faults:
        raise Refusal.of(faults)
    fields: dict[str, Any] = {field: given[box] for box, field in BOXES.items() if box in boxes and box != "viec"}
    fields |= {field: bool(given[box]) for box, field in CHECKS.items() if box in boxes}
    for name in ("name", "short", "territory"):
        fields[name] = clean(fields.get(name, ""))
    if do in WITHOUT_TO or new:
        fields["to"] = ""
    return Row(do, **({"unit": ""} | fields))


def _form(
    request: HttpRequest, event: Reorganisation, row: Row | None, do: Do, given: dict[str, str], names: Names,
    faults: Sequence[str], status: int,
) -> HttpResponse:  # fmt: skip
    new = do in MAY_BE_NEW and bool(given["moi"])
    blocks = catalogue.terms("catalogue/blocks.toml", "block")
    base = {name: value for name, value in given.items() if value}
    context = about(event) | {
        "do": do,
        "label": do.label[:1].upper() + do.label[1:],
        "what": WHAT[do],
        "typed": underscored(given),
        "asks": set(underscored(dict.fromkeys((*ASKS[do], *(_NEW if new else ())), ""))),
        "must_kind": do in (Do.FOUND, Do.RETYPE),
        "whom": names.of(given["don-vi"]) if given["don-vi"] else "",
        "from": names.parent_of(given["don-vi"]) if given["don-vi"] else "",
        "to": _("một đơn vị mới") if new else names.of(given["ve"]) if given["ve"] else "",
        "to_label": TO_LABEL.get(do) or _("Về"),
        "top": names.directory.name(event.unit.code) if do is Do.FOUND and not given["ve"] else "",
        "goes": do not in WITHOUT_TO,
        "change_whom": urlencode(base | {"chon": "don-vi"}),
        "change_to": urlencode(base | {"chon": "ve"}),
        "kinds": list(kinds_offered()),
        "blocks": [(code, block.label) for code, block in blocks.items()],
        "row": row,
        "mark": mark_of(row) if row else "",
        "faults": faults,
    }
    return render(request, "web/reforms/row.html", context, status=status)


WHAT = {
    Do.FOUND: lazily("Một đơn vị mới bắt đầu hoạt động từ ngày có hiệu lực."),
    Do.RENAME: lazily("Đơn vị mang tên mới từ ngày đó; tên cũ vẫn tra được."),
    Do.RETYPE: lazily("Đơn vị đổi loại hoặc khối từ ngày đó."),
    Do.MOVE: lazily("Đơn vị về dưới cấp trên khác, cùng mọi đơn vị bên dưới nó."),
    Do.MERGE: lazily("Đơn vị kết thúc; đoàn viên, số liệu và đơn vị bên dưới về đơn vị nhận."),
    Do.SPLIT: lazily("Đơn vị kết thúc và tách ra nhiều đơn vị; mỗi đơn vị nhận là một dòng."),
    Do.END: lazily("Đơn vị thôi hoạt động, không ai thừa kế."),
    Do.INHERIT: lazily("Số liệu trước đây của đơn vị đã kết thúc được tính cho đơn vị này."),
    Do.REVIVE: lazily("Đơn vị đã kết thúc hoạt động trở lại, là chính đơn vị cũ."),
    Do.ALLOT: lazily("Một đoàn viên của đơn vị bị tách về đơn vị nhận khác với phần còn lại."),
}
WHOM = {
    Do.RENAME: lazily("Đổi tên đơn vị nào?"),
    Do.RETYPE: lazily("Đổi loại, khối của đơn vị nào?"),
    Do.MOVE: lazily("Chuyển đơn vị nào?"),
    Do.MERGE: lazily("Đơn vị nào nhập vào đơn vị khác?"),
    Do.SPLIT: lazily("Tách đơn vị nào?"),
    Do.END: lazily("Đơn vị nào kết thúc?"),
    Do.INHERIT: lazily("Số liệu của đơn vị nào được thừa kế?"),
    Do.REVIVE: lazily("Lập lại đơn vị nào?"),
    Do.ALLOT: lazily("Đoàn viên của đơn vị nào?"),
}
WHERE = {
    Do.FOUND: lazily("%(unit)s trực thuộc đơn vị nào?"),
    Do.MOVE: lazily("%(unit)s về đơn vị nào?"),
    Do.MERGE: lazily("%(unit)s nhập vào đơn vị nào?"),
    Do.SPLIT: lazily("%(unit)s tách sang đơn vị nào?"),
    Do.INHERIT: lazily("Ai thừa kế số liệu của %(unit)s?"),
    Do.REVIVE: lazily("%(unit)s lập lại dưới đơn vị nào?"),
    Do.ALLOT: lazily("Đoàn viên của %(unit)s về đơn vị nào?"),
}
TO_LABEL = {
    Do.FOUND: lazily("Trực thuộc"),
    Do.MERGE: lazily("Nhập vào"),
    Do.SPLIT: lazily("Tách sang"),
    Do.INHERIT: lazily("Thừa kế bởi"),
}

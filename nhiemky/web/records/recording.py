"""Recording a piece of work, correcting it, cancelling it: GET shows the form, POST does the one action."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from nhiemky.foundation.files import Kept, prepared, store
from nhiemky.foundation.refusals import Refusal
from nhiemky.foundation.roles import Right
from nhiemky.ledger import kinds
from nhiemky.ledger.actions import cancel_entry, correct_entry, record_entry
from nhiemky.ledger.kinds import Kind
from nhiemky.ledger.models import Entry
from nhiemky.ledger.queries import history_of
from nhiemky.units.models import Unit
from nhiemky.units.queries import grants_of, units_below_on
from nhiemky.web import access
from nhiemky.web.frame import answered
from nhiemky.web.once import again_or_fresh, code_in, kept_reason, moment_of, write_once
from nhiemky.web.records.fields import as_typed, entry_form, similar, understood
from nhiemky.web.records.naming import given_of, is_looking, name_people, naming
from nhiemky.web.records.picking import LONGEST_SEARCH, kinds_to_pick, unit_shown
from nhiemky.web.records.reading import has_files, read_entry, says_the_same
from nhiemky.web.records.rows import href_of, money_of, numbers_of, what_of

WITH_NUMBERS = ("counts", "money", "people__person")


@access.form
def new(request: HttpRequest, code: str) -> HttpResponse:
    unit = access.unit_to_record(request, code)
    today = access.today()
    like = _like(request, unit)
    wanted = like.kind if like else request.POST.get("viec") or request.GET.get("viec", "")
    kind = kinds.kinds().get(wanted)
    if kind is None:
        return _pick(request, unit)
    if request.method == "POST":
        return _record(request, unit, kind)
    given = similar(like, today) if like else {"ngay": today.isoformat()}
    return _form(request, unit, kind, given)


def _like(request: HttpRequest, unit: Unit) -> Entry | None:
    """The entry of this unit that the new one is to resemble."""
    rows = Entry.objects.filter(unit=unit, code=request.GET.get("nhu", "")).prefetch_related(*WITH_NUMBERS)
    return rows.first() if "nhu" in request.GET else None


def _pick(request: HttpRequest, unit: Unit) -> HttpResponse:
    shown = unit_shown(unit, access.today())
    text = request.GET.get("q", "").strip()[:LONGEST_SEARCH]
    context = kinds_to_pick(unit, shown["unit"].level, text, access.today())
    grants = grants_of(request.user, Right.RECORD, access.today())  # type: ignore[arg-type]
    several = len(grants) > 1 or any(grant.below or not grant.unit_id for grant in grants)
    return render(request, "web/records/pick_kind.html", shown | context | {"several": several})


def _record(request: HttpRequest, unit: Unit, kind: Kind) -> HttpResponse:
    given = given_of(request)
    if is_looking(request):
        return _looked(request, unit, kind, given)
    read = read_entry(given, kind, access.today())
    name_people(request, unit, given, read)

    def same(entry: Entry) -> bool:
        return says_the_same(entry, read.fields)

    def write(code: str, files: list[Kept]) -> Entry:
        return record_entry(by=request.user, unit=unit, code=code, files=files, **read.fields)

    def again(faults: Sequence[str]) -> HttpResponse:
        return _form(request, unit, kind, given, faults, read.wrong, had_files=bool(request.FILES))

    return _once(request, unit, "entry", read.faults, same, write, again, _changed, _("Đã ghi"))


def _written(code: str) -> Entry | None:
    return Entry.objects.select_related("unit").prefetch_related(*WITH_NUMBERS).filter(code=code).first()


def _changed(request: HttpRequest, entry: Entry) -> HttpResponse:
    """The same form with other contents: they are offered as a correction of what it recorded, nothing is lost."""
    latest = history_of(entry)[-1]
    if latest.cancels:
        sentence = _(
            "Việc này đã được ghi lúc %(at)s, sau đó đã hủy. Nội dung dưới đây chưa được ghi: nếu muốn ghi thành một "
            "việc mới, hãy bấm ghi."
        )
    elif entry.replaces_id:
        sentence = _(
            "Lần sửa này đã được ghi lúc %(at)s. Những chỗ vừa đổi chưa được ghi: nếu muốn sửa tiếp theo nội dung dưới "
            "đây, hãy xem lại lý do rồi lưu."
        )
    else:
        sentence = _(
            "Việc này đã được ghi lúc %(at)s. Những chỗ vừa đổi chưa được ghi: nếu muốn sửa việc đã ghi theo nội dung "
            "dưới đây, hãy ghi lý do rồi lưu."
        )
    return _form(
        request, entry.unit, kinds.kinds()[entry.kind], given_of(request), [sentence % {"at": moment_of(entry)}],
        corrects=None if latest.cancels else latest, had_files=bool(request.FILES), status=409,
    )  # fmt: skip


def _said(done: str, entry: Entry) -> str:
    parts = (what_of(entry), numbers_of(entry), money_of(entry))
    return f"{done}: {' · '.join(part for part in parts if part)}."


def acknowledged(request: HttpRequest, href: str, sentence: str) -> HttpResponse:
    """It is in the ledger: on to its page; to the script, where that is."""
    messages.success(request, sentence)
    return JsonResponse({"href": href}) if _by_script(request) else redirect(href)


def _by_script(request: HttpRequest) -> bool:
    return request.headers.get("Accept") == "application/json"


def handed_in(request: HttpRequest) -> tuple[list[Kept], list[str]]:
    """The files of the form, cleaned and on the disk, and what is wrong with the others."""
    kept: list[Kept] = []
    faults: list[str] = []
    for given in request.FILES.getlist("tep"):
        assert isinstance(given, UploadedFile)
        try:
            kept.append(prepared(given.name or "", given.read()))
        except Refusal as refusal:
            faults += refusal.sentences
    if not faults:
        # on the disk before the ledger is locked for writing
        for each in kept:
            store(each)
    return kept, faults


def _form(
    request: HttpRequest,
    unit: Unit,
    kind: Kind,
    given: dict[str, str],
    faults: Sequence[str] = (),
    wrong: set[str] | frozenset[str] = frozenset(),
    *,
    corrects: Entry | None = None,
    had_files: bool = False,
    status: int = 0,
) -> HttpResponse:
    today = access.today()
    shown = unit_shown(unit, today)
    has_below = units_below_on(unit, today).exists()
    form_name = f"correct:{corrects.code}" if corrects else "entry"
    context = shown | {
        "form": entry_form(kind, given, has_below, wrong),
        "faults": faults,
        "corrects": corrects,
        "action": reverse("web.records.correct", args=[corrects.code])
        if corrects
        else reverse("web.records.new", args=[unit.code]),
        # the same code as long as it is the same form, so that it is recorded once
        "code": again_or_fresh(request, unit, form_name, status),
        "draft": f"{unit.code}:{corrects.code if corrects else kind.code}",
        "had_files": had_files,
        "today": today.isoformat(),
        "naming": naming(request, unit, given, corrects),
    }
    return render(request, "web/records/form.html", context, status=status or (422 if faults else 200))


def _looked(
    request: HttpRequest, unit: Unit, kind: Kind, given: dict[str, str], corrects: Entry | None = None
) -> HttpResponse:
    """The form with who was found or chosen; nothing is recorded. Only that part of it for a script."""
    if not access.is_fragment(request):
        return _form(request, unit, kind, given, corrects=corrects, had_files=bool(request.FILES))
    place = (
        reverse("web.records.correct", args=[corrects.code])
        if corrects
        else reverse("web.records.new", args=[unit.code])
    )
    context = {"naming": naming(request, unit, given, corrects), "action": place}
    return render(request, "web/records/_naming.html", context)


@access.form
def correct(request: HttpRequest, code: str) -> HttpResponse:
    entry = access.row_to_change(request, Entry.objects.prefetch_related(*WITH_NUMBERS), code)
    kind = kinds.kinds().get(entry.kind)
    if kind is None:
        raise Http404
    if request.method != "POST":
        if href := _newer(request, entry):
            return redirect(href)
        return _form(request, entry.unit, kind, as_typed(entry), corrects=entry)
    given = given_of(request)
    if is_looking(request):
        return _looked(request, entry.unit, kind, given, entry)
    read = read_entry(given, kind, access.today())
    name_people(request, entry.unit, given, read, entry)
    reason = request.POST.get("ly-do", "").strip()

    def same(made: Entry) -> bool:
        return made.reason == kept_reason(reason) and says_the_same(made, read.fields)

    def write(given_code: str, files: list[Kept]) -> Entry:
        return correct_entry(
            by=request.user, entry=entry, reason=reason, code=given_code, files=files,
            source=entry.source, places=entry.places, **read.fields,
        )  # fmt: skip

    def again(faults: Sequence[str]) -> HttpResponse:
        wrong = read.wrong | (set() if reason else {"ly-do"})
        return _form(
            request, entry.unit, kind, given, faults, wrong,
            corrects=entry, had_files=bool(request.FILES),
        )  # fmt: skip

    faults = [*read.faults, *_without(reason)]
    return _once(request, entry.unit, f"correct:{entry.code}", faults, same, write, again, _changed, _("Đã sửa"))


@access.form
def cancel(request: HttpRequest, code: str) -> HttpResponse:
    entry = access.row_to_change(request, Entry.objects.prefetch_related(*WITH_NUMBERS), code)
    form_name = f"cancel:{entry.code}"
    reason = request.POST.get("ly-do", "").strip()

    def page(faults: Sequence[str], status: int = 422, cancelled: bool = False) -> HttpResponse:
        context = unit_shown(entry.unit, access.today()) | {
            "entry": entry,
            "what": what_of(entry),
            "numbers": numbers_of(entry),
            "money": money_of(entry),
            "faults": faults,
            "reason": reason,
            "code": again_or_fresh(request, entry.unit, form_name),
            "cancelled": cancelled,
        }
        return render(request, "web/records/cancel.html", context, status=status)

    def changed(_request: HttpRequest, made: Entry) -> HttpResponse:
        sentence = _(
            "Việc này đã hủy lúc %(at)s, lý do đã ghi: “%(reason)s”. Lý do vừa đổi chưa được ghi. Việc đã hủy không sửa "
            "được nữa; nếu hủy nhầm, hãy ghi một việc mới."
        ) % {"at": moment_of(made), "reason": made.reason}
        return page([sentence], 409, cancelled=True)

    def same(made: Entry) -> bool:
        return made.reason == kept_reason(reason)

    def write(given_code: str, files: list[Kept]) -> Entry:
        return cancel_entry(by=request.user, entry=entry, reason=reason, code=given_code)

    if request.method != "POST":
        href = _newer(request, entry)
        return redirect(href) if href else page((), 200)
    return _once(request, entry.unit, form_name, _without(reason), same, write, page, changed, _("Đã hủy"))


def _without(reason: str) -> list[str]:
    return [] if reason else [_("Chưa có lý do. Hãy ghi vì sao sửa hoặc hủy việc này.")]


def _newer(request: HttpRequest, entry: Entry) -> str:
    """Where the newest row stands when this one was replaced or cancelled; only that one is changed."""
    latest = history_of(entry)[-1]
    if latest.pk == entry.pk and not entry.cancels:
        return ""
    messages.info(request, _("Việc này đã được sửa hoặc hủy trước đó; đây là nội dung mới nhất."))
    return href_of(latest)


def _once(
    request: HttpRequest,
    unit: Unit,
    form_name: str,
    found: Sequence[str],
    same: Callable[[Entry], bool],
    write: Callable[[str, list[Kept]], Entry],
    again: Callable[[Sequence[str]], HttpResponse],
    changed: Callable[[HttpRequest, Entry], HttpResponse],
    done: str,
) -> HttpResponse:
    """The row of the form, written now or when the form came first; what was changed since is shown by `changed`."""

    def take() -> tuple[Entry, bool]:
        code = code_in(request, unit, form_name)
        files, refused = handed_in(request)
        faults = [*found, *refused]

        def written() -> Entry:
            if faults:
                raise Refusal.of(faults)
            return write(code, files)

        return write_once(
            lambda: _written(code), lambda row: not faults and same(row) and has_files(row, files), written
        )

    def made(taken: tuple[Entry, bool]) -> HttpResponse:
        entry, new = taken
        if new or entry.replaces_id:
            return acknowledged(request, href_of(entry), _said(done, entry))
        # the answer that said so the first time was lost on the way
        list(messages.get_messages(request))
        said = _("Việc này đã được ghi trước đó, lúc %(at)s; không ghi lần hai.") % {"at": moment_of(entry)}
        return acknowledged(request, href_of(entry), said)

    return answered(
        request, lambda faults, _status: again(faults), take, made, lambda fault: changed(request, fault.row)
    )


@access.signed_in
@require_safe
def amount(request: HttpRequest) -> HttpResponse:
    """How an amount that is being typed is understood."""
    text = next(iter(request.GET.dict().values()), "")[:60]
    sentence, doubt = understood(text)
    return render(request, "web/records/_amount.html", {"understood": sentence, "doubt": doubt})

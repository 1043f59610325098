"""The integrity check: replays ledger, tree, targets and trail and names every fault, what and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import chain

from django.db.models import Count as Rows
from django.db.models import F
from django.utils.translation import gettext as _

from nhiemky.documents.models import IssuedDocument
from nhiemky.documents.queries import digest_of
from nhiemky.figures.definitions import definitions
from nhiemky.figures.models import Target
from nhiemky.foundation.append_only import unguarded
from nhiemky.foundation.audit import broken_links
from nhiemky.foundation.files import is_sound
from nhiemky.foundation.models import AuditEvent
from nhiemky.foundation.resealing import closed_columns
from nhiemky.ledger import kinds
from nhiemky.ledger.digests import digest_of_entry, digest_of_evidence, digest_of_statement
from nhiemky.ledger.models import Entry, EntryCount, EntryMoney, Evidence, Statement
from nhiemky.ledger.queries import living
from nhiemky.members import name_index
from nhiemky.members.features import features
from nhiemky.reforms.models import DecisionFile
from nhiemky.rules.indicators import Coverage, Definition, Measure
from nhiemky.units.faults import tree_faults


@dataclass(frozen=True)
class CheckFault:
    """What is wrong, where."""

    place: str
    sentence: str


def every_fault(today: date) -> Iterator[CheckFault]:
    """All faults; none on a sound installation."""
    yield from _trail()
    yield from _tree()
    yield from _ledger()
    yield from _files()
    yield from _catalogue()
    yield from _register()


def damage() -> Iterator[str]:
    """What was changed or lost behind the programs' back; never what people merely recorded oddly."""
    for fault in chain(_trail(), _files()):
        yield f"{fault.place}: {fault.sentence}"


def _trail() -> Iterator[CheckFault]:
    for number in broken_links():
        yield CheckFault(f"audit:{number}", _("Sự kiện không nối tiếp sự kiện trước, hoặc nội dung đã bị đổi."))
    for table in unguarded():
        yield CheckFault(f"table:{table}", _("Bảng không còn khóa chống sửa, xóa. Hãy chạy: nhiemky migrate"))
    yield from _changed_rows()


def _changed_rows() -> Iterator[CheckFault]:
    """Rows that are not what the event of their writing says, and rows that are gone."""
    said = {
        event["subject"]: event["data"]["row"]
        for event in AuditEvent.objects.filter(data__has_key="row")
        .order_by("number")
        .values("subject", "data")
        .iterator()
    }
    # rows that were loaded many at once are told of in one event; other events only say how many rows they wrote
    together = AuditEvent.objects.filter(subject__startswith="rows:", data__has_key="rows")
    for data in together.order_by("number").values_list("data", flat=True).iterator():
        said |= data["rows"]
    for subject, digest in _rows():
        if said.pop(subject, None) != digest:
            yield CheckFault(subject, _("Nội dung khác với lúc ghi, hoặc không có trong nhật ký."))
    for subject in said:
        yield CheckFault(subject, _("Nhật ký có bản ghi này nhưng dữ liệu không còn."))


def _rows() -> Iterator[tuple[str, str]]:
    entries = Entry.objects.select_related("unit", "source", "replaces").prefetch_related(
        "counts", "money", "people__person"
    )
    for entry in entries.iterator(chunk_size=2000):
        people = entry.people.all()
        linked = [each.person.code for each in people if each.person]
        digest = digest_of_entry(entry, entry.counts.all(), entry.money.all(), len(people), linked)
        yield f"entry:{entry.code}", digest
    for evidence in Evidence.objects.select_related("entry").iterator():
        yield f"evidence:{evidence.code}", digest_of_evidence(evidence)
    for row in Statement.objects.select_related("unit", "source", "replaces").iterator():
        yield f"statement:{row.code}", digest_of_statement(row)
    for document in IssuedDocument.objects.iterator():
        yield f"document:{document.code}", digest_of(document)


def _tree() -> Iterator[CheckFault]:
    for place, sentence in tree_faults():
        yield CheckFault(place, sentence)


def _ledger() -> Iterator[CheckFault]:
    for model in (Entry, Statement):
        for row in model.objects.select_related("unit", "replaces"):
            place = f"{model.__name__.lower()}:{row.code}"
            if not row.unit.lives_through(row.span):
                yield CheckFault(place, _("Thời gian nằm ngoài thời gian hoạt động của đơn vị."))
            if row.replaces and row.replaces.unit_id != row.unit_id:
                yield CheckFault(place, _("Bản ghi sửa thuộc đơn vị khác với bản ghi cũ."))
    for count in EntryCount.objects.exclude(out_of=None).filter(out_of__lt=F("value")).select_related("entry"):
        yield CheckFault(f"entry:{count.entry.code}", _("Số đạt lớn hơn tổng số."))
    empty = Entry.objects.filter(cancels=False).annotate(n=Rows("counts"), m=Rows("money")).filter(n=0, m=0)
    for entry in empty:
        yield CheckFault(f"entry:{entry.code}", _("Bản ghi không có số lượng và số tiền nào."))
    yield from _contradictions()


def _files() -> Iterator[CheckFault]:
    """Files of evidence and of decisions that are gone, or are not what was handed in."""
    for event, digest in DecisionFile.objects.values_list("event__code", "digest"):
        if not is_sound(digest):
            yield CheckFault(f"reorganisation:{event}", _("Tệp quyết định không còn, hoặc nội dung đã đổi."))
    for code, digest in Evidence.objects.order_by("digest").values_list("code", "digest").iterator():
        if not is_sound(digest):
            yield CheckFault(
                f"evidence:{code}", _("Tệp minh chứng không còn, hoặc nội dung đã đổi. Hãy khôi phục từ bản sao lưu.")
            )


def _register() -> Iterator[CheckFault]:
    """Persons who would not be found, and secrets that nobody can read any more."""
    for code in name_index.faults():
        place, sentence = (
            (f"person:{code}", _("Tên không dấu khác với tên, nên tìm không thấy. Hãy sửa tên rồi ghi lại."))
            if code
            else ("table:members_person", _("Chỉ mục tìm tên không khớp bảng. Hãy chạy: nhiemky migrate"))
        )
        yield CheckFault(place, sentence)
    for column in closed_columns():
        yield CheckFault(
            f"column:{column}", _("Có mục được niêm phong bằng khóa khác. Hãy chạy: nhiemky reseal --old-key TỆP")
        )


def _contradictions() -> Iterator[CheckFault]:
    """Two published totals of the same work in the same span: only the earlier is counted."""
    totals = living(Entry.objects.exclude(coverage=Coverage.ACT)).order_by("pk")
    groups: dict[tuple, list[Entry]] = defaultdict(list)
    for entry in totals.prefetch_related("counts"):
        dimensions = tuple(sorted(entry.details.items()))
        for word in [each.word for each in entry.counts.all()] or [""]:
            groups[(entry.unit_id, entry.kind, entry.coverage, entry.span, dimensions, word)].append(entry)
    for same in groups.values():
        for later in same[1:]:
            yield CheckFault(
                f"entry:{later.code}",
                _("Trùng với số tổng đã ghi trước (%(code)s); chỉ số ghi trước được tính.") % {"code": same[0].code},
            )


def _catalogue() -> Iterator[CheckFault]:
    for code, kind in Entry.objects.exclude(kind__in=kinds.kinds()).values_list("code", "kind"):
        yield CheckFault(f"entry:{code}", _("Danh mục không còn loại việc “%(kind)s”.") % {"kind": kind})
    for row in EntryCount.objects.exclude(word__in=kinds.words()).select_related("entry"):
        yield CheckFault(f"entry:{row.entry.code}", _("Danh mục không còn từ đếm “%(word)s”.") % {"word": row.word})
    for money in EntryMoney.objects.exclude(fund="").exclude(fund__in=kinds.funds()).select_related("entry"):
        yield CheckFault(
            f"entry:{money.entry.code}", _("Danh mục không còn nguồn tiền “%(fund)s”.") % {"fund": money.fund}
        )
    for stated in Statement.objects.exclude(subject__in=kinds.subjects()):
        yield CheckFault(
            f"statement:{stated.code}", _("Danh mục không còn số liệu “%(subject)s”.") % {"subject": stated.subject}
        )
    for target in Target.objects.exclude(indicator__in=definitions()):
        yield CheckFault(
            f"target:{target.code}", _("Danh mục không còn chỉ tiêu “%(code)s”.") % {"code": target.indicator}
        )
    for definition in definitions().values():
        yield from _definition_faults(definition.code)


def _definition_faults(code: str) -> Iterator[CheckFault]:
    definition = definitions()[code]
    place = f"indicator:{code}"
    if definition.register or definition.measure is Measure.MEMBERS:
        yield from _feature_faults(definition, place)
        return
    for kind in definition.kinds:
        found = kinds.kinds().get(kind)
        if found is None:
            yield CheckFault(place, _("Không có loại việc “%(kind)s”.") % {"kind": kind})
        elif definition.measure not in (Measure.MONEY, Measure.PERSONS) and definition.word not in found.words:
            yield CheckFault(
                place, _("Loại việc “%(kind)s” không đếm bằng “%(word)s”.") % {"kind": kind, "word": definition.word}
            )
    for subject in filter(None, (definition.subject, definition.denominator)):
        if subject not in kinds.subjects():
            yield CheckFault(place, _("Không có số liệu “%(subject)s”.") % {"subject": subject})
    for name, value in definition.where:
        if value not in kinds.dimension_values().get(name, {}):
            yield CheckFault(
                place, _("Không có giá trị “%(value)s” ở mục “%(name)s”.") % {"name": name, "value": value}
            )


def _feature_faults(definition: Definition, place: str) -> Iterator[CheckFault]:
    """An indicator of the register asks for what members are counted by."""
    for name, value in definition.where:
        if name not in features() or value not in features()[name].values:
            yield CheckFault(
                place, _("Không có giá trị “%(value)s” ở mục “%(name)s”.") % {"name": name, "value": value}
            )

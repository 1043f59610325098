"""Rows of a file written to their tables: a thousand of a kind at a time, past the actions, as they were kept."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from nhiemky.documents.models import IssuedDocument
from nhiemky.documents.queries import digest_of
from nhiemky.exchange.faults import Fault, FaultyFile
from nhiemky.exchange.whole.archive import Incoming
from nhiemky.exchange.whole.lines import Line, lines_of
from nhiemky.exchange.whole.reading import Row
from nhiemky.exchange.whole.records import BY_NAME, Part, Record
from nhiemky.foundation import bulk, files
from nhiemky.foundation.actions import name_author
from nhiemky.foundation.audit import write_event
from nhiemky.foundation.models import Source, User
from nhiemky.ledger.digests import digest_of_entry, digest_of_evidence, digest_of_statement
from nhiemky.ledger.models import Entry, Statement
from nhiemky.members.models import PersonMerge
from nhiemky.units.models import Term, Unit

if TYPE_CHECKING:
    from nhiemky.exchange.whole.actions import Taken

# of these there are few, and everything names them: their keys are kept in memory
_FEW = (Unit, Source, Term)


class Taker:
    """Writes chunk by chunk and knows what is there already; `taken` counts."""

    def __init__(self, by: User, incoming: Incoming, taken: Taken) -> None:
        self.by, self.incoming, self.taken = by, incoming, taken
        self.users = dict(User.objects.values_list("username", "pk"))
        self.known: dict[type[Model], dict[str, int]] = defaultdict(dict)
        # records that merges of this file touch
        self.merged: set[int] = set()

    def take(self, record: Record, rows: Sequence[Row]) -> None:
        """Write those of the rows that are not there; FaultyFile names those that contradict what is there."""
        faults: list[Fault] = []
        fresh = list(self._fresh(record, rows, faults))
        ids = bulk.reserved_ids(record.model, len(fresh))
        pairs = list(zip(ids, fresh, strict=True))
        prepared = self._resolved(record, pairs, faults)
        for number, part in enumerate(record.parts):
            self._resolve_parts(part, number, pairs, faults)
        if faults:
            raise FaultyFile(faults)
        self._insert(record, pairs, prepared)
        self.taken.written[record.name] += len(fresh)
        self.taken.unchanged[record.name] += len(rows) - len(fresh)
        if record.model is PersonMerge:
            people = [cell.fields[0] for cell in record.cells].index("kept")
            self.merged |= {id for values in prepared for id in values[1 + people : 3 + people]}
        if record.told and ids:
            self._tell(record, list(ids))

    # ---- what is there already

    def _fresh(self, record: Record, rows: Sequence[Row], faults: list[Fault]) -> Iterable[Row]:
        name = record.key.partition("__")[0]
        name = "id" if name == "code" else name
        there = record.model._base_manager.filter(**{f"{record.key}__in": {row.given[name] for row in rows}})
        found = list(lines_of(record, there)) if there.exists() else []
        same = Counter(_canonical(line) for _pk, line in found)
        by_code = {line[name]: (pk, line) for pk, line in found} if record.coded else {}
        seen: dict[Any, int] = {}
        for row in rows:
            text = _canonical(row.given)
            if same[text]:
                same[text] -= 1
            elif record.coded and row.given["id"] in seen:
                faults.append(Fault(row.number, _("“%(id)s” đã có ở dòng %(first)s. Mỗi mã chỉ ghi một lần.") % {
                    "id": row.given["id"], "first": seen[row.given["id"]],
                }))  # fmt: skip
            elif record.coded and row.given["id"] in by_code:
                self._differs(record, row, *by_code[row.given["id"]], faults)
            else:
                if record.coded:
                    seen[row.given["id"]] = row.number
                yield row

    def _differs(self, record: Record, row: Row, pk: int, line: Line, faults: list[Fault]) -> None:
        """The code is taken by a row with other contents; one of which only the name is known is filled in."""
        if record.bare:
            name = {each: row.given[each] for each in record.bare if each in row.given}
            if row.given == name and line["name"] == name["name"]:
                return
            if {each: value for each, value in line.items() if each != "type"} == name:
                self._fill(record, row, pk, faults)
                return
        faults.append(Fault(row.number, _(
            "“%(id)s” đã có trong hệ thống với nội dung khác. Không ghi đè lên: hãy nạp vào một hệ thống mới, "
            "hoặc xuất lại sau khi hai nơi khớp nhau."
        ) % {"id": row.given["id"]}))  # fmt: skip

    def _fill(self, record: Record, row: Row, pk: int, faults: list[Fault]) -> None:
        """What else is known of a row whose name alone came along with another unit's."""
        pairs = [(pk, row)]
        for number, part in enumerate(record.parts):
            self._resolve_parts(part, number, pairs, faults)
        if faults:
            return
        quote = connection.ops.quote_name
        names = {each.name: quote(str(each.column)) for each in record.model._meta.concrete_fields}
        columns = ", ".join(f"{names[name]} = %s" for name in record.fields)
        with connection.cursor() as cursor:
            update = f"UPDATE {quote(record.model._meta.db_table)} SET {columns} WHERE id = %s"  # noqa: S608 - our own names
            cursor.execute(update, [*row.values, pk])
        # the update forgot which record stands for this one
        self.merged.add(pk)
        for number, part in enumerate(record.parts):
            self._insert_part(part, number, pairs)

    # ---- rows pointed at

    def _resolved(self, record: Record, pairs: Sequence[tuple[int, Row]], faults: list[Fault]) -> list[list[Any]]:
        """The values of each row with keys in the place of codes, its own key first."""
        places = _places(record)
        asked = _asked(places, [row.values for _pk, row in pairs])
        own = self._keys_of(record.model, asked.pop(record.model, set()))
        self._look_up(asked)
        done = []
        for pk, row in pairs:
            for to, at in places:
                code = row.values[at]
                if code is not None:
                    known = own if to is record.model else self._known(to)
                    row.values[at] = self._key(known, code, row, to, faults)
            if record.coded:
                # a row may be pointed at by those below it in the file, and by none above
                own[row.given["id"]] = pk
                if record.model in _FEW:
                    self.known[record.model][row.given["id"]] = pk
            done.append([pk, *row.values])
        return done

    def _resolve_parts(self, part: Part, number: int, pairs: Sequence[tuple[int, Row]], faults: list[Fault]) -> None:
        places = _places(part)
        self._look_up(_asked(places, [values for _pk, row in pairs for values in row.parts[number]]))
        for _pk, row in pairs:
            for values in row.parts[number]:
                for to, at in places:
                    if values[at] is not None:
                        values[at] = self._key(self._known(to), values[at], row, to, faults)

    def _known(self, to: type[Model]) -> dict[str, int]:
        return self.users if to is User else self.known[to]

    def _key(self, known: dict[str, int], code: str, row: Row, to: type[Model], faults: list[Fault]) -> int | None:
        if code not in known:
            faults.append(Fault(row.number, _("Không tìm thấy “%(code)s” (%(kind)s) ở dòng trên, cũng không có sẵn.") % {
                "code": code, "kind": _TYPES.get(to, to._meta.model_name),
            }))  # fmt: skip
        return known.get(code)

    def _look_up(self, asked: dict[type[Model], set[str]]) -> None:
        logins = asked.pop(User, set())
        for login in sorted(logins - self.users.keys()):
            self.users[login] = name_author(by=self.by, username=login).pk
            self.taken.made.append(login)
        self.taken.matched = sorted({*self.taken.matched, *logins} - set(self.taken.made) - {self.by.username})
        for to, codes in asked.items():
            if to not in _FEW:
                self.known[to] = {}
            self.known[to] |= self._keys_of(to, codes - self.known[to].keys())

    @staticmethod
    def _keys_of(to: type[Model], codes: set[str]) -> dict[str, int]:
        return dict(to._base_manager.filter(code__in=codes).values_list("code", "pk")) if codes else {}

    # ---- writing

    def _insert(self, record: Record, pairs: Sequence[tuple[int, Row]], prepared: Sequence[list[Any]]) -> None:
        try:
            # COPY goes past Django, which would call its errors by their usual names
            with transaction.atomic(), connection.wrap_database_errors:
                self._insert_all(record, pairs, prepared)
        except IntegrityError:
            if len(pairs) == 1:
                raise FaultyFile([Fault(pairs[0][1].number, _(
                    "Trái với dữ liệu đang có hoặc với dòng trên: trùng mã, hoặc hai bản ghi không thể cùng đúng."
                ))]) from None  # fmt: skip
            for pair, values in zip(pairs, prepared, strict=True):
                self._insert(record, [pair], [values])

    def _insert_all(self, record: Record, pairs: Sequence[tuple[int, Row]], prepared: Sequence[list[Any]]) -> None:
        fields, rows = ["id", *record.fields], prepared
        if record.file == "column":
            fields = [*fields, "contents"]
            rows = [
                [*values, self._contents(row.given["digest"])] for (_pk, row), values in zip(pairs, rows, strict=True)
            ]
        bulk.insert(record.model, fields, rows)
        for number, part in enumerate(record.parts):
            self._insert_part(part, number, pairs)
        if connection.vendor == "postgresql":
            # keys are looked at when the transaction ends; here, so that the line is told
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")

    def _insert_part(self, part: Part, number: int, pairs: Sequence[tuple[int, Row]]) -> None:
        rows = [
            [pk, *values, *self._bytes_of(part, given)]
            for pk, row in pairs
            for values, given in zip(row.parts[number], row.given.get(part.name, ()), strict=True)
        ]
        if rows:
            column = ["contents"] if part.file == "column" else []
            bulk.insert(part.model, [part.parent, *part.fields, *column], rows)

    def _bytes_of(self, part: Part, given: Line) -> list[bytes]:
        if not part.file:
            return []
        data = self._contents(given["digest"])
        if part.file == "column":
            return [data]
        files.store(files.Kept(given["name"], given["media_type"], data, given["digest"]))
        return []

    def _contents(self, digest: str) -> bytes:
        return self.incoming.contents(digest)

    # ---- the trail

    def _tell(self, record: Record, ids: list[int]) -> None:
        """One event for the chunk, with the digest of each row: what `nhiemky check` compares them with."""
        write_event(subject=f"rows:{record.name}", data={"rows": dict(_TOLD[record.told](ids))})


def _canonical(line: Line) -> str:
    return json.dumps({name: value for name, value in line.items() if name != "type"}, sort_keys=True)


def _places(table: Any) -> list[tuple[type[Model], int]]:
    """Which table each reference leads to, and at which place of the values it stands."""
    found, at = [], 0
    for cell in table.cells:
        if cell.target:
            found.append((cell.target, at))
        at += len(cell.fields)
    return found


def _asked(places: Sequence[tuple[type[Model], int]], rows: Sequence[list[Any]]) -> dict[type[Model], set[str]]:
    """Which codes of which tables the rows name."""
    asked: dict[type[Model], set[str]] = defaultdict(set)
    for to, at in places:
        asked[to] |= {values[at] for values in rows} - {None}
    return dict(asked)


_TYPES = {record.model: name for name, record in BY_NAME.items()}


def _entries(ids: list[int]) -> Iterable[tuple[str, str]]:
    rows = Entry.objects.filter(pk__in=ids).select_related("unit", "source", "replaces")
    for entry in rows.prefetch_related("counts", "money", "people__person", "evidence"):
        people, evidence = entry.people.all(), entry.evidence.all()
        linked = [each.person.code for each in people if each.person]
        yield f"entry:{entry.code}", digest_of_entry(entry, entry.counts.all(), entry.money.all(), len(people), linked)
        for each in evidence:
            yield f"evidence:{each.code}", digest_of_evidence(each)


def _statements(ids: list[int]) -> Iterable[tuple[str, str]]:
    for row in Statement.objects.filter(pk__in=ids).select_related("unit", "source", "replaces"):
        yield f"statement:{row.code}", digest_of_statement(row)


def _documents(ids: list[int]) -> Iterable[tuple[str, str]]:
    for document in IssuedDocument.objects.filter(pk__in=ids):
        yield f"document:{document.code}", digest_of(document)


_TOLD = {"entry": _entries, "statement": _statements, "document": _documents}

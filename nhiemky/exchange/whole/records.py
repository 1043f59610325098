"""What travels, declared: each kind of line, the table behind it, which rows of it belong to a unit; and what does not.

A new model is one `Record` (or a `Part` of one) in RECORDS, behind all that it points at; or a row in STAYS with the
reason. `tests/exchange/test_whole_models.py` asks this of every model and every column.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db.models import Model, Q

from nhiemky.documents.models import IssuedDocument, IssuedFile, WordTemplate
from nhiemky.exchange.models import Loaded
from nhiemky.exchange.whole.cells import Cell, cells_of
from nhiemky.figures.definitions import definitions
from nhiemky.figures.models import Target
from nhiemky.foundation import catalogue, rulesets
from nhiemky.foundation.models import Source
from nhiemky.ledger import kinds
from nhiemky.ledger.models import Entry, EntryCount, EntryMoney, EntryPerson, Evidence, Statement
from nhiemky.members import bodies, purposes, standings
from nhiemky.members.models import (
    BodySize,
    Child,
    Consent,
    Dues,
    Grouping,
    HeadingMap,
    Membership,
    Person,
    PersonChange,
    PersonMerge,
    Post,
    RegisterBegun,
    SheetImport,
    Standing,
    TermRules,
    Transfer,
)
from nhiemky.members.particulars import id_digests, named
from nhiemky.reforms.models import DecisionFile, Reorganisation
from nhiemky.rules.vietnamese import fold, sort_key
from nhiemky.units.models import NamedPeriod, Placement, Succession, Term, Unit, UnitKind, UnitLife, UnitName

if TYPE_CHECKING:
    from nhiemky.exchange.whole.belonging import Belonging

Codes = Mapping[str, Callable[[], Collection[str]]]
Given = Mapping[str, Any]


@dataclass(frozen=True)
class Table:
    """A table as lines have it: `left_out` are its columns that no line has, with the reason of each."""

    name: str
    model: type[Model]
    left_out: Mapping[str, str] = field(default_factory=dict)
    # columns that hold a code of the catalogue, and the codes that there are
    codes: Codes = field(default_factory=dict)
    # the columns that are worked out anew from the rest of the line
    derived: Callable[[Given, Given], Mapping[str, Any]] | None = None
    # bytes that travel as a file by their digest: on the disk, or in the column `contents`
    file: str = ""

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        return cells_of(self.model, tuple(self.left_out))

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """The columns that a line fills, in the order of its values."""
        filled = tuple(name for cell in self.cells for name in cell.fields)
        return filled + tuple(name for name in self.left_out if self.derived and name != getattr(self, "parent", ""))

    @cached_property
    def by_name(self) -> Mapping[str, Cell]:
        return {cell.name: cell for cell in self.cells}


@dataclass(frozen=True)
class Part(Table):
    """Rows inside the line of the row that they point at by `parent`."""

    parent: str = ""


@dataclass(frozen=True)
class Record(Table):
    """A kind of line, `belongs`: which rows go with a unit, and `key`: by which column a row is found again."""

    belongs: Callable[[Belonging], Q] = lambda b: Q(unit__in=b.units)
    parts: tuple[Part, ...] = ()
    key: str = "code"
    # the names of the line that also others may see; the others are left out where the person is somebody else's
    bare: tuple[str, ...] = ()
    # whose digest the audit trail holds: the subject of its event
    told: str = ""

    @property
    def coded(self) -> bool:
        """Whether a code names one row for ever; else rows are told apart by all that is in them."""
        return self.key == "code"


DERIVED = "worked out anew from the rest of the line"
PARENT = "the line that it stands in"


def _part(name: str, model: type[Model], parent: str, left_out: Mapping[str, str] | None = None, **given: Any) -> Part:
    return Part(name, model, {parent: PARENT, **(left_out or {})}, parent=parent, **given)


def _catalogue(place: str, name: str) -> Callable[[], Collection[str]]:
    return lambda: catalogue.terms(f"catalogue/{place}.toml", name)


def _of_name(name: Given, unit: Given) -> Mapping[str, Any]:
    words = f"{name['name']} {name['short_name']} {unit['id']}"
    return {"folded": fold(words), "sort_key": sort_key(name["name"])}


def _of_person(person: Given, _line: Given) -> Mapping[str, Any]:
    found = {**named(person["name"]), **id_digests(person.get("id_number", "")), "same_as": None}
    return {name: found[name] for name in _PERSON}


_PERSON = {
    "sort_key": DERIVED, "folded": DERIVED, "id_digest": DERIVED, "id_last_digest": DERIVED,
    "same_as": "worked out anew from the merges",
}  # fmt: skip
_FILE = {"contents": "travels as a file, named by its digest"}


def _by_unit_or_person(b: Belonging) -> Q:
    return Q(unit__in=b.units) | Q(person__in=b.home)


def _loaded(b: Belonging) -> Q:
    """Marks of objects whose rows belong; of a `register` line nothing says which row it made."""
    found = Q()
    for record in RECORDS:
        if record.coded and record.name in _FACTS:
            of_rows = record.model._default_manager.filter(record.belongs(b)).values("code")
            found |= Q(type__in=_FACTS[record.name], identity__in=of_rows)
    return found


# a kind of line here -> the types of facts (version 1) that make such rows
_FACTS = {
    "source": ["source"], "unit": ["unit"], "placement": ["placement"], "term": ["term"], "span": ["span"],
    "person": ["person"], "membership": ["membership", "leaving"], "grouping": ["grouping"], "standing": ["standing"],
    "child": ["child"], "dues": ["dues"], "transfer": ["transfer"], "post": ["post"],
    "entry": ["entry", "cancellation"], "statement": ["statement"], "target": ["target"],
}  # fmt: skip

_UNIT_KINDS: Codes = {"kind": _catalogue("unit-kinds", "unit_kind"), "block": _catalogue("blocks", "block")}
_MEMBERSHIP: Codes = {"joining": _catalogue("joinings", "joining"), "leaving": _catalogue("leavings", "leaving")}
_POST: Codes = {
    "body": bodies.bodies, "role": lambda: bodies.labels("role"), "mandate": lambda: bodies.labels("mandate"),
    "ending": lambda: bodies.labels("ending"),
}  # fmt: skip

# in the order of a file: what is pointed at stands above what points
RECORDS: tuple[Record, ...] = (
    Record("source", Source, belongs=lambda b: Q(pk__in=b.sources)),
    Record(
        "unit", Unit, belongs=lambda b: Q(pk__in=b.named_units),
        parts=(
            _part("names", UnitName, "unit", {"folded": DERIVED, "sort_key": DERIVED}, derived=_of_name),
            _part("kinds", UnitKind, "unit", codes=_UNIT_KINDS),
            _part("lives", UnitLife, "unit"),
        ),
    ),
    Record(
        "reorganisation", Reorganisation, belongs=lambda b: Q(unit__in=b.units) | Q(code__in=b.causes),
        parts=(_part("decisions", DecisionFile, "event", file="disk"),),
    ),
    Record("succession", Succession, belongs=lambda b: Q(unit__in=b.units) | Q(successor__in=b.units)),
    Record("placement", Placement),
    Record(
        "term", Term, parts=(_part("rules", TermRules, "term", codes={"ruleset": lambda: rulesets.rulesets()}),)
    ),
    Record("span", NamedPeriod),
    Record("register", RegisterBegun, key="unit__code"),
    Record("sheet_import", SheetImport),
    Record("heading_map", HeadingMap, key="unit__code"),
    Record(
        "person", Person, _PERSON, derived=_of_person, bare=("id", "name", "fictional"),
        belongs=lambda b: Q(pk__in=b.persons),
        parts=(
            _part("changes", PersonChange, "person"),
            _part("consents", Consent, "person", codes={"purpose": purposes.purposes}),
        ),
    ),
    Record(
        "merge", PersonMerge, key="dropped__code", belongs=lambda b: Q(kept__in=b.home) | Q(dropped__in=b.home)
    ),
    Record("child", Child, belongs=lambda b: Q(person__in=b.home)),
    Record("membership", Membership, codes=_MEMBERSHIP, belongs=_by_unit_or_person),
    Record("grouping", Grouping, belongs=lambda b: Q(group__in=b.units) | Q(person__in=b.home)),
    Record("standing", Standing, codes={"kind": standings.kinds}, belongs=_by_unit_or_person),
    Record("dues", Dues, codes={"state": _catalogue("dues", "state")}, belongs=_by_unit_or_person),
    Record("transfer", Transfer, belongs=lambda b: _by_unit_or_person(b) | Q(to_unit__in=b.units)),
    Record("post", Post, codes=_POST),
    Record("body_size", BodySize, codes={"body": bodies.bodies}),
    Record(
        "entry", Entry, codes={"kind": kinds.kinds, "beneficiaries": kinds.beneficiaries}, told="entry",
        parts=(
            _part("counts", EntryCount, "entry", codes={"word": kinds.words}),
            _part("money", EntryMoney, "entry", codes={"fund": kinds.funds}),
            _part("people", EntryPerson, "entry"),
            _part("evidence", Evidence, "entry", file="disk"),
        ),
    ),
    Record("statement", Statement, codes={"subject": kinds.subjects, "grade": kinds.grades}, told="statement"),
    Record("target", Target, codes={"indicator": definitions, "grade": kinds.grades}),
    Record(
        "document", IssuedDocument, told="document", belongs=lambda b: Q(unit__in=b.unit_codes),
        parts=(_part("files", IssuedFile, "document", _FILE, file="column"),),
    ),
    # one for the whole installation: a unit that leaves it makes its own
    Record("template", WordTemplate, _FILE, key="digest", file="column", belongs=lambda b: Q(pk__in=())),
    Record("loaded", Loaded, key="identity", belongs=_loaded),
)  # fmt: skip
BY_NAME = {record.name: record for record in RECORDS}

_WHO = "who may sign in is decided anew where the data goes"
# models of these rooms that no line has, and why
STAYS: dict[str, str] = {
    "foundation.User": f"{_WHO}: of an account only its login travels, as the author of rows",
    "foundation.OneTimeLink": _WHO,
    "foundation.Installation": "says what is true of this installation alone",
    "foundation.AuditEvent": "the trail tells what was done in this installation; the receiving one tells of the loading",
    "foundation.AuditHead": "the end of the trail",
    "units.Grant": _WHO,
}

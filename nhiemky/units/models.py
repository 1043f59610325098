"""Units, what is dated about them, the edges of the tree, terms, and who may act where."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

from nhiemky.foundation.models import DatedFact, OfEvent, Source, SpannedRow, User, new_code
from nhiemky.foundation.roles import Role
from nhiemky.rules.timeline import Precision, Span


class Unit(SpannedRow):
    """A union body at any level, as an identity: never deleted. Its span reaches from its first day to its last."""

    code = models.SlugField(_("mã"), max_length=64, unique=True)
    fictional = models.BooleanField(_("hư cấu"), default=False)
    # it ended and was brought back: there are days inside its span on which it did not live
    interrupted = models.BooleanField(default=False)
    note = models.TextField(_("ghi chú"), blank=True)
    source = models.ForeignKey(Source, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [SpannedRow.span_constraint("unit_span")]

    def __str__(self) -> str:
        return self.code

    def lives_through(self, span: Span) -> bool:
        """Whether the unit lives on all these days."""
        if not self.interrupted:
            return self.span.covers(span)
        return any(life.span.covers(span) for life in self.lives.all() if not life.superseded_at)

    def lives_on(self, day: date) -> bool:
        return self.lives_through(Span.on(day))


class UnitLife(OfEvent, DatedFact):
    """The unit lives, for a span. A unit that a reorganisation ended and another brought back has two."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="lives")

    class Meta:
        constraints = [DatedFact.span_constraint("unitlife_span")]
        indexes = OfEvent.event_indexes("unitlife")

    def __str__(self) -> str:
        return f"{self.unit_id} {self.span.isoformat()}"


class Succession(OfEvent):
    """From `day` on `successor` goes on with what `unit` did; its one `heir` has its past entries whole."""

    code = models.CharField(max_length=64, unique=True, default=new_code)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="successions")
    successor = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="succeeds")
    day = models.DateField()
    heir = models.BooleanField(default=False)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    superseded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="succession_of_another", condition=~models.Q(unit=models.F("successor"))),
            models.UniqueConstraint(
                name="one_heir_a_day",
                fields=["unit", "day"],
                condition=models.Q(heir=True, superseded_at__isnull=True),
            ),
        ]
        indexes = OfEvent.event_indexes("succession")

    def __str__(self) -> str:
        return f"{self.unit_id} -> {self.successor_id}"


class UnitName(OfEvent, DatedFact):
    """What a unit is called, for a span."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="names")
    name = models.CharField(_("tên"), max_length=300)
    short_name = models.CharField(_("tên gọn"), max_length=160)
    folded = models.CharField(max_length=600)
    sort_key = models.TextField()

    class Meta:
        constraints = [DatedFact.span_constraint("unitname_span")]
        indexes = OfEvent.event_indexes("unitname")

    def __str__(self) -> str:
        return self.name


class UnitKind(OfEvent, DatedFact):
    """What kind of unit it is and in which block, for a span; codes of `data/catalogue`."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="kinds")
    kind = models.CharField(_("loại"), max_length=40)
    block = models.CharField(_("khối"), max_length=40, blank=True)

    class Meta:
        constraints = [DatedFact.span_constraint("unitkind_span")]
        indexes = OfEvent.event_indexes("unitkind")

    def __str__(self) -> str:
        return self.kind


MANAGING = "managing"


class Placement(OfEvent, DatedFact):
    """A unit stands under a parent, for a span, on one line; the managing line is the tree."""

    code = models.CharField(max_length=64, unique=True, default=new_code)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="placements")
    parent = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="placements_below")
    line = models.CharField(max_length=20, default=MANAGING)
    # where the unit lies when that is not its parent's own area: a commune whose unions a neighbour's union manages
    territory = models.CharField(_("địa bàn"), max_length=160, blank=True)
    source = models.ForeignKey(Source, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            DatedFact.span_constraint("placement_span"),
            models.CheckConstraint(name="placement_not_under_itself", condition=~models.Q(unit=models.F("parent"))),
        ]
        indexes = [models.Index(fields=["parent", "line", "starts_on"]), *OfEvent.event_indexes("placement")]

    def __str__(self) -> str:
        return f"{self.unit_id} < {self.parent_id}"


class Term(OfEvent, DatedFact):
    """A unit's term of office. The span ends when the term was closed; `planned_*` is the end the congress set."""

    code = models.CharField(max_length=64, unique=True, default=new_code)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="terms")
    label = models.CharField(_("nhiệm kỳ"), max_length=40)
    ordinal = models.PositiveSmallIntegerField(_("khóa"), null=True, blank=True)
    planned_ends_before = models.DateField(null=True, blank=True)
    planned_end_precision = models.CharField(max_length=5, default=Precision.DAY)
    motto = models.CharField(_("phương châm"), max_length=200, blank=True)
    # the row that said what was known of the same term before
    replaces = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by")
    source = models.ForeignKey(Source, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    places = models.JSONField(default=list)

    class Meta:
        constraints = [DatedFact.span_constraint("term_span")]
        indexes = OfEvent.event_indexes("term")

    def __str__(self) -> str:
        return self.label

    @property
    def whole(self) -> Span:
        """From its start to its end; for a running term to the end that was planned."""
        return self.span if self.ends_before else self.planned

    @property
    def closed_early(self) -> bool:
        """Whether it was closed before the end that its congress set, as far as each is known."""
        end = self.planned.end if self.planned_ends_before else None
        return bool(end and self.ends_before and self.ends_before <= end.first)

    @property
    def planned(self) -> Span:
        """From its start to the end that its congress set, whenever it was closed."""
        if not self.planned_ends_before:
            return self.span
        return Span(
            self.starts_on,
            self.planned_ends_before,
            Precision(self.start_precision),
            Precision(self.planned_end_precision),
        )


class NamedPeriod(DatedFact):
    """A period that a unit reports on and that is no term: a school year, five years, a campaign."""

    code = models.CharField(max_length=64, unique=True, default=new_code)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="named_periods")
    kind = models.CharField(max_length=20)
    label = models.CharField(_("kỳ"), max_length=60)
    source = models.ForeignKey(Source, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [DatedFact.span_constraint("namedperiod_span")]

    def __str__(self) -> str:
        return self.label


class Grant(models.Model):
    """A user has a role at a unit, and below it if so granted, for a span; no unit is the whole installation."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="grants")
    role = models.CharField(max_length=20, choices=[(role.value, role.value) for role in Role])
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="grants")
    below = models.BooleanField(default=False)
    starts_on = models.DateField()
    ends_before = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.unit_id}"

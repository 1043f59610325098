"""What holds of a person for a span: where they are a member, in which group, what they are besides, dues."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from nhiemky.foundation.models import DatedFact, OfEvent, Source, User, new_code
from nhiemky.members.models.persons import Person
from nhiemky.units.models import Unit


class Membership(OfEvent, DatedFact):
    """A person is a member of a unit, for a span. Leaving is a new row with an end; the open one is superseded."""

    code = models.CharField(max_length=64, unique=True, default=new_code)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="memberships")
    # how it began, a code of `data/catalogue/joinings.toml`; empty when it is not known
    joining = models.CharField(max_length=20, blank=True)
    # why it ended, a code of `data/catalogue/leavings.toml`; empty while it lasts or when it is not known
    leaving = models.CharField(max_length=20, blank=True)
    # the decision by which it ended; `decision` is the one by which it began
    leaving_decision = models.CharField(_("quyết định cho ra"), max_length=120, blank=True)
    replaces = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by")
    source = models.ForeignKey(Source, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [DatedFact.span_constraint("membership_span")]
        indexes = [
            models.Index(fields=["unit", "starts_on"]),
            # all that says who was a member where on a day: the rows themselves, all over the table, are not read
            models.Index(
                fields=["unit", "ends_before", "starts_on", "superseded_at", "person"], name="membership_unit_ends"
            ),
            *OfEvent.event_indexes("membership"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} @ {self.unit_id}"


class Grouping(OfEvent, DatedFact):
    """A member of a unit belongs to one of its groups or sections, itself a unit below, for a span."""

    code = models.CharField(max_length=64, unique=True, default=new_code)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="groupings")
    group = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="groupings")

    class Meta:
        constraints = [DatedFact.span_constraint("grouping_span")]
        indexes = [models.Index(fields=["group", "starts_on"]), *OfEvent.event_indexes("grouping")]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.group_id}"


class Standing(DatedFact):
    """What a person is for a span besides being a member: a code of `data/catalogue/standings.toml`."""

    code = models.CharField(max_length=64, unique=True, default=new_code)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="standings")
    kind = models.CharField(max_length=20)
    # the unit that recorded it: whose decision it was, or where the person belonged
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="standings")
    note = models.CharField(_("ghi chú"), max_length=300, blank=True)

    class Meta:
        constraints = [DatedFact.span_constraint("standing_span")]
        indexes = [models.Index(fields=["kind", "starts_on"])]

    def __str__(self) -> str:
        return f"{self.person_id} {self.kind}"


class Dues(DatedFact):
    """The dues of a member at a unit for whole months: a code of `data/catalogue/dues.toml`, whole đồng where paid."""

    code = models.CharField(max_length=64, unique=True, default=new_code)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="dues")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="dues")
    state = models.CharField(max_length=20)
    # the monthly wage that dues were reckoned on, and what was paid for the span; whole đồng
    wage = models.BigIntegerField(null=True, blank=True)
    paid = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = [DatedFact.span_constraint("dues_span")]
        indexes = [models.Index(fields=["unit", "starts_on"])]

    def __str__(self) -> str:
        return f"{self.person_id} {self.state}"


class RegisterBegun(OfEvent):
    """From this day the unit's joining, leaving, posts and number of members are counted from the register.

    Before it they come from the ledger's entries and statements; never from both.
    """

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="register_begun")
    begins_on = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    superseded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="registerbegun_once", fields=["unit"], condition=models.Q(superseded_at__isnull=True)
            )
        ]
        indexes = OfEvent.event_indexes("registerbegun")

    def __str__(self) -> str:
        return f"{self.unit_id} {self.begins_on}"

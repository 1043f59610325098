"""Who sits in which body of a unit, how large a congress made it, and which rules the term goes by."""

from __future__ import annotations

from django.db import models

from nhiemky.foundation.models import DatedFact, OfEvent, Source, User, new_code
from nhiemky.members.models.persons import Person
from nhiemky.units.models import Term, Unit


class Post(OfEvent, DatedFact):
    """A person sits in a body of a unit in a role, by a mandate, for a span; codes of `data/catalogue/bodies.toml`."""

    code = models.CharField(max_length=64, unique=True, default=new_code)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="posts")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="posts")
    body = models.CharField(max_length=40)
    role = models.CharField(max_length=40)
    mandate = models.CharField(max_length=20)
    term = models.ForeignKey(Term, null=True, blank=True, on_delete=models.PROTECT, related_name="posts")
    # why it ended before the term did; empty while it lasts
    ending = models.CharField(max_length=20, blank=True)
    # the decision by which it ended; `decision` is the one that gave it
    ending_decision = models.CharField(max_length=120, blank=True)
    replaces = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by")
    source = models.ForeignKey(Source, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    places = models.JSONField(default=list)

    class Meta:
        constraints = [DatedFact.span_constraint("post_span")]
        indexes = OfEvent.event_indexes("post")

    def __str__(self) -> str:
        return f"{self.role} {self.unit_id}"


class BodySize(DatedFact):
    """How many members a congress or conference fixed for a body of the unit in a term."""

    code = models.CharField(max_length=64, unique=True, default=new_code)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="body_sizes")
    term = models.ForeignKey(Term, on_delete=models.PROTECT, related_name="body_sizes")
    body = models.CharField(max_length=40)
    size = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [DatedFact.span_constraint("bodysize_span")]

    def __str__(self) -> str:
        return f"{self.body} {self.size}"


class TermRules(models.Model):
    """Which edition of the charter a term of the unit goes by, where that was said; else it is the one of the day."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="term_rules")
    term = models.ForeignKey(Term, on_delete=models.PROTECT, related_name="term_rules")
    # a code of `data/rulesets`; empty when it is the one of the day again
    ruleset = models.CharField(max_length=40, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.term_id} {self.ruleset}"

"""Persons, their memberships over time, and the posts they hold."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from nhiemky.foundation.models import DatedFact, Source, new_code
from nhiemky.units.models import Term, Unit


class Person(models.Model):
    """A person once, whatever unions they pass through."""

    code = models.CharField(max_length=64, unique=True, default=new_code)
    name = models.CharField(_("họ và tên"), max_length=120)
    # an invented person is called so wherever the name stands, away from their unit too
    fictional = models.BooleanField(_("hư cấu"), default=False)
    sort_key = models.TextField(db_index=True)
    folded = models.CharField(max_length=160, db_index=True)

    # how far each field may be shown: public, internal, sensitive, secret
    FIELD_CLASSES: ClassVar[dict[str, str]] = {
        "code": "internal",
        "name": "internal",
        "fictional": "public",
        "sort_key": "internal",
        "folded": "internal",
    }

    def __str__(self) -> str:
        return self.name

    @property
    def shown(self) -> str:
        return f"{self.name} (hư cấu)" if self.fictional else self.name


class Membership(DatedFact):
    """A person is a member of a unit, for a span. Leaving is a new row with an end; the open one is superseded."""

    code = models.CharField(max_length=64, unique=True, default=new_code)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="memberships")
    # why it ended, a code of `data/catalogue/leavings.toml`; empty while it lasts or when it is not known
    leaving = models.CharField(max_length=20, blank=True)
    replaces = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by")
    source = models.ForeignKey(Source, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [DatedFact.span_constraint("membership_span")]
        indexes = [models.Index(fields=["unit", "starts_on"])]

    def __str__(self) -> str:
        return f"{self.person_id} @ {self.unit_id}"


class Post(DatedFact):
    """A person sits in a body of a unit in a role, by a mandate, for a span; codes of `data/catalogue/bodies.toml`."""

    code = models.CharField(max_length=64, unique=True, default=new_code)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="posts")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="posts")
    body = models.CharField(max_length=40)
    role = models.CharField(max_length=40)
    mandate = models.CharField(max_length=20)
    term = models.ForeignKey(Term, null=True, blank=True, on_delete=models.PROTECT, related_name="posts")
    source = models.ForeignKey(Source, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    places = models.JSONField(default=list)

    class Meta:
        constraints = [DatedFact.span_constraint("post_span")]

    def __str__(self) -> str:
        return f"{self.role} {self.unit_id}"

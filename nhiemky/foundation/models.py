"""Users, the audit trail, and the base classes of rows with a life."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from nhiemky.rules.timeline import Precision, Span


class UserManager(BaseUserManager["User"]):
    """Makes users for actions and tests."""

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """Somebody who signs in. What they may do, and where, stands on their grants."""

    username = models.CharField(_("tên đăng nhập"), max_length=60, unique=True)
    display_name = models.CharField(_("tên hiển thị"), max_length=120)
    # only to send a new-password address to; nobody else is shown it
    email = models.EmailField(_("thư điện tử"), max_length=200, blank=True)
    is_active = models.BooleanField(_("đang dùng"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["display_name"]
    objects = UserManager()

    FIELD_CLASSES: ClassVar[dict[str, str]] = {
        "username": "internal",
        "display_name": "internal",
        "email": "sensitive",
        "is_active": "internal",
        "created_at": "internal",
        "last_login": "internal",
        "password": "secret",
    }

    def __str__(self) -> str:
        return self.display_name or self.username


class Purpose(models.TextChoices):
    """What a one-time address is for."""

    START = "start", "start"
    INVITATION = "invitation", "invitation"
    PASSWORD = "password", "password"


class OneTimeLink(models.Model):
    """An address that lets whoever holds it do one thing once. Only the digest of its token is kept."""

    purpose = models.CharField(max_length=12, choices=Purpose.choices)
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    used_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)
    # whose password; what is granted, where: a unit by its code, since units stand above this room
    user = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    unit = models.CharField(max_length=64, blank=True, db_index=True)
    role = models.CharField(max_length=20, blank=True)
    below = models.BooleanField(default=False)
    for_whom = models.CharField(_("mời ai"), max_length=120, blank=True)

    FIELD_CLASSES: ClassVar[dict[str, str]] = {
        "purpose": "internal",
        "digest": "secret",
        "made_at": "internal",
        "expires_at": "internal",
        "used_at": "internal",
        "revoked_at": "internal",
        "unit": "internal",
        "role": "internal",
        "below": "internal",
        "for_whom": "internal",
    }

    def __str__(self) -> str:
        return f"{self.purpose} {self.pk}"

    def is_open(self, at: datetime) -> bool:
        return not self.used_at and not self.revoked_at and at < self.expires_at


class Installation(models.Model):
    """What is true of this installation as a whole: one row."""

    # its log-ins have a password that everybody knows
    demonstration = models.BooleanField(default=False)

    def __str__(self) -> str:
        return str(self.pk)


class AuditEvent(models.Model):
    """One action that was done. Rows are only ever added; the database refuses change and deletion."""

    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=80, db_index=True)
    subject = models.CharField(max_length=120, db_index=True)
    unit = models.CharField(max_length=64, blank=True, db_index=True)
    data = models.JSONField(default=dict)
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.number} {self.action} {self.subject}"


class AuditHead(models.Model):
    """The end of the chain: one row, which also orders writers on PostgreSQL."""

    number = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=64)

    def __str__(self) -> str:
        return str(self.number)


_PRECISIONS = [(each.value, each.value) for each in Precision]


class SpannedRow(models.Model):
    """A row that speaks of a half-open span of days, each end known to a precision."""

    starts_on = models.DateField(null=True, blank=True)
    start_precision = models.CharField(max_length=5, choices=_PRECISIONS, default=Precision.DAY)
    ends_before = models.DateField(null=True, blank=True)
    end_precision = models.CharField(max_length=5, choices=_PRECISIONS, default=Precision.DAY)

    class Meta:
        abstract = True

    @property
    def span(self) -> Span:
        return Span(self.starts_on, self.ends_before, Precision(self.start_precision), Precision(self.end_precision))

    @span.setter
    def span(self, value: Span) -> None:
        self.starts_on, self.ends_before = value.starts_on, value.ends_before
        self.start_precision, self.end_precision = value.start_precision, value.end_precision

    @classmethod
    def span_constraint(cls, name: str) -> models.CheckConstraint:
        return models.CheckConstraint(
            name=name,
            condition=models.Q(starts_on__isnull=True)
            | models.Q(ends_before__isnull=True)
            | models.Q(ends_before__gt=models.F("starts_on")),
        )


class DatedFact(SpannedRow):
    """A fact that holds for a span and is known since `recorded_at`.

    It is never edited: `superseded_at` says when we learned otherwise, so what was known on a past day can be asked.
    """

    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    superseded_at = models.DateTimeField(null=True, blank=True)
    decision = models.CharField(_("quyết định"), max_length=120, blank=True)

    class Meta:
        abstract = True


class OfEvent(models.Model):
    """A row that a reorganisation may write or supersede; both are kept, so that the event can be taken back."""

    # code of the event that wrote the row, and of the one that superseded it; empty when none did
    # said in the database as well: the quick way in of long lists names only the columns it fills
    cause = models.CharField(max_length=64, blank=True, default="", db_default="")
    superseded_cause = models.CharField(max_length=64, blank=True, default="", db_default="")

    class Meta:
        abstract = True

    @classmethod
    def event_indexes(cls, name: str) -> list[models.Index]:
        """Few rows have an event, so the index holds those alone."""
        return [
            models.Index(name=f"{name}_{field[:4]}_event", fields=[field], condition=~models.Q(**{field: ""}))
            for field in ("cause", "superseded_cause")
        ]


def new_code() -> str:
    """A public identity for a row that was made on a screen; rows loaded from a file keep the file's id."""
    return secrets.token_hex(10)


class Source(models.Model):
    """Where a fact was read: an article, a resolution, a book of records. Holds no sentence of it."""

    code = models.CharField(max_length=64, unique=True, default=new_code)
    title = models.CharField(_("nhan đề"), max_length=300)
    publisher = models.CharField(_("nơi công bố"), max_length=200, blank=True)
    published = models.CharField(_("ngày công bố"), max_length=10, blank=True)
    reference = models.CharField(_("ký hiệu"), max_length=200, blank=True)
    note = models.TextField(_("ghi chú"), blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.title

"""A person once, what is kept of them, and which two records are one person."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from nhiemky.foundation.models import User, new_code
from nhiemky.foundation.sealing import SealedField
from nhiemky.rules.timeline import PartialDate, Precision


class Person(models.Model):
    """A person once, whatever unions they pass through. Particulars are those of `data/catalogue/person-fields.toml`."""

    code = models.CharField(max_length=64, unique=True, default=new_code)
    name = models.CharField(_("họ và tên"), max_length=120)
    # an invented person is called so wherever the name stands, away from their unit too
    fictional = models.BooleanField(_("hư cấu"), default=False)
    sort_key = models.TextField()
    folded = models.CharField(max_length=160)
    # the record that stands for this one since both were found to be one person; worked out from `PersonMerge`
    same_as = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="also")

    born_on = models.DateField(_("ngày sinh"), null=True, blank=True)
    born_precision = models.CharField(max_length=5, default=Precision.DAY)
    sex = models.CharField(_("giới tính"), max_length=6, blank=True)
    ethnicity = models.CharField(_("dân tộc"), max_length=40, blank=True)
    religion = models.CharField(_("tôn giáo"), max_length=60, blank=True)
    foreigner = models.BooleanField(_("người nước ngoài"), default=False)

    card = models.CharField(_("số thẻ đoàn viên"), max_length=30, blank=True)
    union_since = models.DateField(_("ngày vào công đoàn"), null=True, blank=True)
    union_since_precision = models.CharField(max_length=5, default=Precision.DAY)
    union_place = models.CharField(_("nơi vào công đoàn"), max_length=200, blank=True)
    admission = models.CharField(_("số quyết định kết nạp"), max_length=120, blank=True)

    job = models.CharField(_("chức vụ, nghề nghiệp"), max_length=160, blank=True)
    workplace = models.CharField(_("đơn vị công tác"), max_length=200, blank=True)
    department = models.CharField(_("phòng ban"), max_length=160, blank=True)
    education = models.CharField(_("trình độ học vấn"), max_length=20, blank=True)
    qualification = models.CharField(_("trình độ chuyên môn"), max_length=20, blank=True)
    theory = models.CharField(_("lý luận chính trị"), max_length=20, blank=True)
    it_skill = models.CharField(_("tin học"), max_length=80, blank=True)
    languages = models.CharField(_("ngoại ngữ"), max_length=120, blank=True)

    id_number = SealedField(_("số CCCD/CMND"), blank=True)
    # what a search for the whole number, or for its last four digits, compares
    id_digest = models.CharField(max_length=32, blank=True)
    id_last_digest = models.CharField(max_length=32, blank=True)
    id_issued = SealedField(_("ngày cấp"), blank=True)
    id_issuer = SealedField(_("nơi cấp"), blank=True)
    phone = SealedField(_("điện thoại"), blank=True)
    email = SealedField(_("thư điện tử"), blank=True)
    home = SealedField(_("quê quán"), blank=True)
    address = SealedField(_("nơi ở hiện nay"), blank=True)

    class Meta:
        # named here, since `db_index` would make a second index of each text for what nobody asks: how it begins
        indexes = [
            # a list that is taken in asks by name and birth day together: there are thousands of one name
            models.Index(fields=["folded", "born_on"], name="person_name_and_birth"),
            *(models.Index(fields=[name], name=f"person_{name}") for name in ("sort_key", "card")),
            *(models.Index(fields=[name], name=f"person_{name}") for name in ("id_digest", "id_last_digest")),
        ]

    # how far each field may be shown: public, internal, sensitive, secret
    FIELD_CLASSES: ClassVar[dict[str, str]] = {
        "code": "internal",
        "name": "internal",
        "fictional": "public",
        "sort_key": "internal",
        "folded": "internal",
        "born_on": "sensitive",
        "born_precision": "sensitive",
        "sex": "internal",
        "ethnicity": "sensitive",
        "religion": "sensitive",
        "foreigner": "internal",
        "card": "internal",
        "union_since": "internal",
        "union_since_precision": "internal",
        "union_place": "internal",
        "admission": "internal",
        "job": "internal",
        "workplace": "internal",
        "department": "internal",
        "education": "internal",
        "qualification": "internal",
        "theory": "internal",
        "it_skill": "internal",
        "languages": "internal",
        "id_number": "secret",
        "id_digest": "secret",
        "id_last_digest": "secret",
        "id_issued": "secret",
        "id_issuer": "secret",
        "phone": "sensitive",
        "email": "sensitive",
        "home": "sensitive",
        "address": "sensitive",
    }

    def __str__(self) -> str:
        return self.name

    @property
    def shown(self) -> str:
        return f"{self.name} (hư cấu)" if self.fictional else self.name

    @property
    def born(self) -> PartialDate | None:
        return PartialDate(self.born_on, Precision(self.born_precision)) if self.born_on else None

    @property
    def root_id(self) -> int:
        """The record that stands for this person."""
        return self.same_as_id or self.pk


class PersonChange(models.Model):
    """Which particulars of a person were changed, and what they were before; erased with the person."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="changes")
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    # the names of the fields, and their former values as JSON
    fields = models.JSONField(default=list)
    before = SealedField(blank=True)

    FIELD_CLASSES: ClassVar[dict[str, str]] = {"at": "internal", "fields": "internal", "before": "secret"}

    def __str__(self) -> str:
        return f"{self.person_id} {self.at}"


class PersonMerge(models.Model):
    """Two records are one person; both keep their histories, and the merge can be undone."""

    kept = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="merged_in")
    dropped = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="merged_into")
    reason = models.CharField(_("lý do"), max_length=300)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(name="personmerge_of_two", condition=~models.Q(kept=models.F("dropped"))),
            models.UniqueConstraint(
                name="personmerge_once", fields=["dropped"], condition=models.Q(undone_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dropped_id} -> {self.kept_id}"


class Child(models.Model):
    """A child of a member, for the gifts of 1 June and Mid-Autumn."""

    code = models.CharField(max_length=64, unique=True, default=new_code)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="children")
    name = SealedField(_("họ và tên con"))
    born_on = models.DateField(_("ngày sinh"), null=True, blank=True)
    born_precision = models.CharField(max_length=5, default=Precision.DAY)
    sex = models.CharField(_("giới tính"), max_length=6, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)

    FIELD_CLASSES: ClassVar[dict[str, str]] = {
        "code": "internal",
        "name": "sensitive",
        "born_on": "sensitive",
        "born_precision": "sensitive",
        "sex": "sensitive",
        "recorded_at": "internal",
        "removed_at": "internal",
    }

    def __str__(self) -> str:
        return self.code

    @property
    def born(self) -> PartialDate | None:
        return PartialDate(self.born_on, Precision(self.born_precision)) if self.born_on else None


class Consent(models.Model):
    """A person agreed to one purpose of `data/catalogue/purposes.toml`, from a day until they took it back."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="consents")
    purpose = models.CharField(max_length=40)
    given_on = models.DateField()
    withdrawn_on = models.DateField(null=True, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    FIELD_CLASSES: ClassVar[dict[str, str]] = {
        "purpose": "internal",
        "given_on": "internal",
        "withdrawn_on": "internal",
        "recorded_at": "internal",
    }

    def __str__(self) -> str:
        return f"{self.person_id} {self.purpose}"

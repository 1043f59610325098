"""What was loaded from files, so that the same file twice changes nothing."""

from __future__ import annotations

from django.db import models


class Loaded(models.Model):
    """An object of an exchange file that was written, with the digest of its line."""

    type = models.CharField(max_length=20)
    identity = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(name="loaded_once", fields=["type", "identity"])]

    def __str__(self) -> str:
        return f"{self.type}:{self.identity}"

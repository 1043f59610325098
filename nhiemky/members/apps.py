"""Django application."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class MembersConfig(AppConfig):
    name = "nhiemky.members"
    label = "members"

    def ready(self) -> None:
        from nhiemky.foundation.resealing import register_digest
        from nhiemky.members import name_index, policies  # noqa: F401 - registers the policies
        from nhiemky.members.particulars import id_digests

        post_migrate.connect(name_index.after_migrating, sender=self, dispatch_uid="name_index")
        register_digest("members_person", "id_number", id_digests)

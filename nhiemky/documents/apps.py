"""Django application."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "nhiemky.documents"
    label = "documents"

    def ready(self) -> None:
        from nhiemky.documents import policies  # noqa: F401 - registers the policies
        from nhiemky.foundation.append_only import append_only

        append_only("documents_issueddocument", "documents_issuedfile")

"""Django application."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "nhiemky.documents"
    label = "documents"

    def ready(self) -> None:
        from nhiemky.documents import policies  # noqa: F401 - registers the policies

"""Django application."""

from django.apps import AppConfig


class FoundationConfig(AppConfig):
    name = "nhiemky.foundation"
    label = "foundation"

"""Django application."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "nhiemky.web"
    label = "web"

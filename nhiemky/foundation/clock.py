"""The one place that reads the clock. Everything below the command line and the web takes the time as a parameter."""

from datetime import date, datetime

from django.utils import timezone


def now() -> datetime:
    return timezone.now()


def today() -> date:
    """The day in Vietnam."""
    return timezone.localdate()


def local_day(at: datetime) -> date:
    """The day in Vietnam at that moment."""
    return timezone.localdate(at)

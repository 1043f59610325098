"""Installations of their own, for what the command line does between two of them."""

from tests.foundation.backup.conftest import new

__all__ = ["new"]

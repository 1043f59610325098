"""Transfers of members between units: asking, answering, and what waits."""

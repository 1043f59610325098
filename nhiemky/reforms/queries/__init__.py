"""Reads of reorganisations: a plan laid out, what it would do, what an event did, and the life of a unit."""

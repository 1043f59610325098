"""Persons, memberships over time, posts."""

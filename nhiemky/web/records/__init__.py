"""Entries and statements, with their history."""

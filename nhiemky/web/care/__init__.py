"""Screens about the care of the data."""

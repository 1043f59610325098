"""Whole data in and out as JSON Lines."""

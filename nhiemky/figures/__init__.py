"""Indicators, figures that open, targets that judge themselves."""

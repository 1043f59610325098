"""Screens of the register of members."""

"""Reorganisations on screen: the list of a unit, a plan and its rows, the preview, the event that was applied."""

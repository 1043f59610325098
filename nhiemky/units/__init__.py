"""The tree of units over time, terms of office, grants."""

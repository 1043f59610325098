"""Members of units: lists, searching, taking away, and what a person is owed of their own data."""

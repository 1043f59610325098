"""Members: persons, memberships, transfers."""

"""Users, roles, the audit trail, the action door, the clock, catalogue files, base classes."""

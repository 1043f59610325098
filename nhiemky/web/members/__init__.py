"""The page of a member, and every form on it."""

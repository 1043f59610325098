"""The register of members: lists, search, a member, every form on them, and what a person is owed of their own data."""

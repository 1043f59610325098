"""The register of members: list, search, a member, and every form on them."""

"""The first page: the person's units and what wants attention."""

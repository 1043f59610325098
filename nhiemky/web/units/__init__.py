"""The tree and the page of a unit."""

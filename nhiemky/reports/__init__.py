"""What is said: the report of a unit for a period, as frozen contents, a page and office files."""

"""Terms of office and other periods: set, named, closed."""

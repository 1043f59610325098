"""What the editions of the charter say, each value with its source and how sure it is."""

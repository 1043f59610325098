"""The catalogue of activity kinds, entries, statements and their corrections."""

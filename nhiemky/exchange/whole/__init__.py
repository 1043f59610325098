"""Everything there is, row by row as it was kept: version 2 of the format (docs/decisions/0011-exchange.md)."""

"""The report of a unit for a period: page, files, issuing."""

"""Date and number formats of our own: Django's Vietnamese locale reads 03/04/2026 as 4 March."""

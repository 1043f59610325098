"""Pure rule books: no Django, no I/O, no clock. Frozen dataclasses in, frozen dataclasses out."""

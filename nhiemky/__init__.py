"""Nhiệm kỳ: a trade union's term of office, from one congress to the next."""

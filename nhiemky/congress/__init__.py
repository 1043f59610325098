"""Congresses: delegates, check-in, ballots, counts, results. Empty until the issue on the count."""

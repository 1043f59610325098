"""Reorganisations: plan, preview, apply, undo. Empty until the issue on the tree."""

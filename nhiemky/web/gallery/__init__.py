"""Every component with its hardest contents."""

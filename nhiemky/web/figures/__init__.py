"""What lies beneath a figure, and the target board."""

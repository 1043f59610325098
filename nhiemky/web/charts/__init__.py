"""Charts: pictures with links into figures, and the table behind each."""

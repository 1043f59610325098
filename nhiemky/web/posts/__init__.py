"""Bodies of a unit and who sits in them: the list on a day, taking up, ending, mending, sizes."""

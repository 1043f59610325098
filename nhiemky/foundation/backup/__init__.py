"""Care of the data: database and files of evidence in one sealed file, and back again on either engine."""

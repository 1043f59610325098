"""A sheet of members on its way into the register: recognised, looked over cell by cell, decided, written."""

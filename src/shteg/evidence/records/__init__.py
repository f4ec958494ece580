"""The records of a case: one class a table, one field a column, with its sources, grades and dates."""

"""A case as one workbook: a sheet for each file, written, read back, compared cell by cell."""

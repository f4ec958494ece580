"""The texts of a publication: read, resolved against values, compared between languages."""

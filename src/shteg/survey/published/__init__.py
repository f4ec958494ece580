"""Published figures: their names, their sampling error, their trends."""

"""What is checked of a case beyond the type of each cell: references, dates, labels, rules of the path, waves."""

"""One pass over the rows, PSU after PSU: sums that are enough for estimates and their standard errors."""

"""What is read off the simulated worlds: shares of futures, their tables, values and rows."""

"""The first ten minutes: a case to start from, the numbers a text may quote, what this machine has, what is kept."""

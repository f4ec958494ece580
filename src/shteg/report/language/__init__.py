"""One language: its numbers, dates, messages, lists, and the words of a case."""

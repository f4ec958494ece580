"""What each edition said would happen, written down line by line, closed by the evidence, and scored."""

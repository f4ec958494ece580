"""The fitted ladder: hazards of each step with country and year effects, and what follows from them."""

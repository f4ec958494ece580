"""How long steps took others, read off without a model: Aalen–Johansen, Kaplan–Meier, intervals."""

"""The model of a path: parameters with their ranges, the structure of steps, checks."""

"""What the parts of the pool foretell for the aspirant, draw by draw."""

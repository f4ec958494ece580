"""What putting a finished folder in its place needs of the system: a lock, and an exchange in one step."""

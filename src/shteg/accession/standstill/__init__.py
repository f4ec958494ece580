"""How often and how long a member blocks, and how long the path has stood still."""

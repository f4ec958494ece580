"""How long members take to ratify, and which hold out."""

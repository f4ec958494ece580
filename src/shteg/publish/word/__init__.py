"""The documents for word processors: written, read again, and what comes back from them."""

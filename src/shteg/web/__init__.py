"""The studio: a case, its pages and its problems side by side, served on loopback to the one who edits it."""

"""What shteg says at the terminal, found in its source: the templates that a catalogue of another language has to know."""

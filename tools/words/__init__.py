"""What shteg says at the terminal, found in its source: the templates that a catalogue has to know."""

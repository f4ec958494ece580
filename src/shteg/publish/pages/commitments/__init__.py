"""The pages of commitments: all of them, and those of each addressee."""

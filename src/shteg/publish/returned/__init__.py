"""What comes back from a Word file: sentences that an editor changed, returned to their blocks in Markdown."""

"""What several commands read: waves of cases, wave folders and data files, and names of their columns."""

"""What changed between two editions: figures, evidence, and which evidence moved the forecast by how much."""

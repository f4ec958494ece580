"""accession."""

"""The documents for paper: Typst sources and PDF."""

"""Parts of HTML pages: texts, tables, figures, provenance, and the re-reading of what was printed."""

"""Excel and OpenDocument workbooks as cells."""

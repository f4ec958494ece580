"""Excel workbooks as they are stored: their parts, and the cells of a sheet."""

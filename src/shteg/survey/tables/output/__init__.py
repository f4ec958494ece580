"""Survey tables as workbook, page, flat table and text."""

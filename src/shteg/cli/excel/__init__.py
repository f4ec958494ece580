"""The commands of a case as a workbook: `shteg case to-xlsx`, `shteg case from-xlsx`."""

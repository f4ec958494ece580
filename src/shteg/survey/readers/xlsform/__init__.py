"""XLSForm questionnaires: sheets, choices, labels, languages."""

"""Who stood where and when: spells at risk, spans of dates, covariates, rates from counts."""

"""What KoboToolbox, ODK and LimeSurvey deliver: headings and answers brought to the names and codes of the form."""

"""The structure of a LimeSurvey survey (.lss, tab-separated .txt) as questionnaire."""

"""Reading what the field keeps: SPSS, Stata, workbooks, CSV and Parquet as codes; XLSForm as questionnaire."""

from shteg.survey.readers.files import read_responses
from shteg.survey.readers.responses import Responses
from shteg.survey.readers.xlsform.form import FormQuestionnaire, read_questionnaire, read_xlsform

__all__ = ["FormQuestionnaire", "Responses", "read_questionnaire", "read_responses", "read_xlsform"]

"""What the field keeps as codes: SPSS, Stata, workbooks, CSV, Parquet, exports of its tools; forms as questionnaire."""

from shteg.survey.readers.files import read_responses
from shteg.survey.readers.questionnaires import read_questionnaire
from shteg.survey.readers.responses import Responses
from shteg.survey.readers.xlsform.form import FormQuestionnaire, read_xlsform

__all__ = ["FormQuestionnaire", "Responses", "read_questionnaire", "read_responses", "read_xlsform"]

"""报告: everything a reader sees of a result: sections of the report, personal statements, the overview of a month."""

from kpi_helpers.report.overview import overview as overview
from kpi_helpers.report.sections import Report as Report
from kpi_helpers.report.statements import statement_name as statement_name
from kpi_helpers.report.statements import statements as statements

"""Reports: what a plan is handed over as, from tables and a workbook to map layers."""

from layoutplan.reports.comparison import write_comparison
from layoutplan.reports.csv_tables import write_csv
from layoutplan.reports.decisions_file import read_decisions
from layoutplan.reports.excel import write_report
from layoutplan.reports.findings_file import write_findings, write_findings_layers
from layoutplan.reports.folder import write_plan
from layoutplan.reports.geopackage import write_geopackage
from layoutplan.reports.record import input_hashes, plan_record
from layoutplan.reports.roadmap_folder import write_roadmap
from layoutplan.reports.schedule_file import read_schedule

__all__ = [
    "input_hashes",
    "plan_record",
    "read_decisions",
    "read_schedule",
    "write_comparison",
    "write_csv",
    "write_findings",
    "write_findings_layers",
    "write_geopackage",
    "write_plan",
    "write_report",
    "write_roadmap",
]

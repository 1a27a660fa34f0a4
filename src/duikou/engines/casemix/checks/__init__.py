"""Checks of front pages: a catalogue as data, asked of whole frames at once."""

from duikou.engines.casemix.checks.checker import Checker, run
from duikou.engines.casemix.checks.files import NEEDS, CheckedFile, check_file
from duikou.engines.casemix.checks.loading import catalogue
from duikou.engines.casemix.checks.model import BadCatalogue, Catalogue, Check
from duikou.engines.casemix.checks.results import Checked, Policy, Verdict
from duikou.engines.casemix.checks.special import Codes
from duikou.engines.casemix.checks.workbook import workbook

__all__ = [
    "NEEDS",
    "BadCatalogue",
    "Catalogue",
    "Check",
    "Checked",
    "CheckedFile",
    "Checker",
    "Codes",
    "Policy",
    "Verdict",
    "catalogue",
    "check_file",
    "run",
    "workbook",
]

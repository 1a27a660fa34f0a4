"""Checks of front pages: a catalogue as data, asked of whole frames at once."""

from duikou.engines.casemix.checks.checker import Checked, Checker, Policy, Verdict, run
from duikou.engines.casemix.checks.loading import catalogue
from duikou.engines.casemix.checks.model import BadCatalogue, Catalogue, Check
from duikou.engines.casemix.checks.special import Codes

__all__ = [
    "BadCatalogue",
    "Catalogue",
    "Check",
    "Checked",
    "Checker",
    "Codes",
    "Policy",
    "Verdict",
    "catalogue",
    "run",
]

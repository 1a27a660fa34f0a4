"""Codes of diagnoses and operations: one spelling, and the way from one edition to another."""

from duikou.engines.casemix.codes.mapping import Mapping
from duikou.engines.casemix.codes.normalise import normal_dx, normal_px
from duikou.engines.casemix.codes.table import CodeTable
from duikou.engines.casemix.codes.tables import BadCodeTable, CodeKind
from duikou.engines.casemix.codes.unmapped import Unmapped

__all__ = ["BadCodeTable", "CodeKind", "CodeTable", "Mapping", "Unmapped", "normal_dx", "normal_px"]

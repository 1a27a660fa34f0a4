"""The checks once more, slowly and obviously: one record after the other, each rule a few lines of Python.

Nothing of the engine is used: the catalogue's predicates, classes and parameters are written out again.
A rule answers with the columns whose fault it tells; importing its module makes it known.
"""

from tests.unit.engines.casemix.checks.oracle import (
    dates,
    diagnoses,
    discharge,
    fees,
    fields,
    newborns,
    operations,
)
from tests.unit.engines.casemix.checks.oracle.asking import RULES
from tests.unit.engines.casemix.checks.oracle.batch import DOMAIN, Found, faults_of

THEMES = (fields, dates, newborns, diagnoses, operations, discharge, fees)

__all__ = ["DOMAIN", "RULES", "THEMES", "Found", "faults_of"]

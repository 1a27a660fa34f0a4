"""Addresses of residence to county codes: dated, learning, with a review list and a measured accuracy."""

from duikou.engines.casemix.residence.accuracy import Accuracy, Sample, measure
from duikou.engines.casemix.residence.history import towns_of
from duikou.engines.casemix.residence.model import Alias, Division, Found, Move, Unresolved
from duikou.engines.casemix.residence.resolver import Resolver

__all__ = [
    "Accuracy",
    "Alias",
    "Division",
    "Found",
    "Move",
    "Resolver",
    "Sample",
    "Unresolved",
    "measure",
    "towns_of",
]

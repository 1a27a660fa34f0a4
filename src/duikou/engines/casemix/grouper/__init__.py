"""Group front pages by a scheme, and explain one record's group."""

from duikou.engines.casemix.grouper.explain import Complication, Effect, Explanation, explain
from duikou.engines.casemix.grouper.files import group_file, page_of
from duikou.engines.casemix.grouper.kernel import group
from duikou.engines.casemix.grouper.status import STATUSES

__all__ = [
    "STATUSES",
    "Complication",
    "Effect",
    "Explanation",
    "explain",
    "group",
    "group_file",
    "page_of",
]

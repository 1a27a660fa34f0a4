"""Group front pages by a scheme."""

from duikou.engines.casemix.grouper.reference import group_all as group

__all__ = ["group"]

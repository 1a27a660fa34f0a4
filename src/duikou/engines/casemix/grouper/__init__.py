"""Group front pages by a scheme."""

from duikou.engines.casemix.grouper.kernel import group

__all__ = ["group"]

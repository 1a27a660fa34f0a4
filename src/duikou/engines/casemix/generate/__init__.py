"""Invented front pages of an invented province, for demonstration, benchmarks and tests (演示数据)."""

from duikou.engines.casemix.generate.pages import pages

__all__ = ["pages"]

"""Duikou (对口): the paired-support platform for urban and county hospitals."""

__version__ = "0.1.0"

"""The workbook form of a scheme: an example to fill in, and reading what was filled in."""

from duikou.engines.casemix.scheme_book.example import workbook
from duikou.engines.casemix.scheme_book.read import Book, read, read_file

__all__ = ["Book", "read", "read_file", "workbook"]

"""Files of front pages: their layouts, reading them as text, and typing what was read."""

from duikou.engines.casemix.layouts.errors import BadFile
from duikou.engines.casemix.layouts.reading import Reading, Resolver, open_file
from duikou.engines.casemix.layouts.typed import typed

__all__ = ["BadFile", "Reading", "Resolver", "open_file", "typed"]

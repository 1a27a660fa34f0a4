"""Invented front pages of an invented province, for demonstration, benchmarks and tests (演示数据).

`pages` gives any number of them as RAW frames, `submissions` the same as hospitals would submit
them, `province` the province they come from with the truth about it, `plant` spoils some of
them in known ways.
"""

from duikou.engines.casemix.generate.pages import invented_province, pages
from duikou.engines.casemix.generate.places import County, Hospital
from duikou.engines.casemix.generate.planted import plant
from duikou.engines.casemix.generate.province import Province, province
from duikou.engines.casemix.generate.submissions import Submission, months, submissions

__all__ = [
    "County",
    "Hospital",
    "Province",
    "Submission",
    "invented_province",
    "months",
    "pages",
    "plant",
    "province",
    "submissions",
]

"""Lists of rows: one declaration drives the table, its sorting, filters, pages and exports.

A `Listing` names the columns and filters once. Given a request and the rows (a query set
that is already scoped to the actor, or a sequence) it counts once and fetches one page
once, whatever the number of rows; what the rows need from elsewhere is fetched for the
whole page by `prepare`. A parameter that cannot be understood is refused with a message
that names it; nothing is ignored silently.

Parameters: `page`, `size` (25, 50, 100), `sort` (column name, "-" in front: descending),
`export` (xlsx, csv) and one per filter. Other parameters of the address are kept in all
links. `prefix` keeps two lists on one page apart.
"""

from duikou.core.listing.columns import Column
from duikou.core.listing.filters import ChoiceFilter, DateFilter, Filter, FlagFilter, NameFilter, TextFilter
from duikou.core.listing.listings import Listing
from duikou.core.listing.pages import ListPage
from duikou.core.listing.parameters import SIZES, BadParameter, Selection, as_of, parse_day
from duikou.core.listing.values import Row, Rows, Words, value_at

__all__ = [
    "SIZES",
    "BadParameter",
    "ChoiceFilter",
    "Column",
    "DateFilter",
    "Filter",
    "FlagFilter",
    "ListPage",
    "Listing",
    "NameFilter",
    "Row",
    "Rows",
    "Selection",
    "TextFilter",
    "Words",
    "as_of",
    "parse_day",
    "value_at",
]

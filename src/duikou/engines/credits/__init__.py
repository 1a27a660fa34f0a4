"""Time on post and in training, and the continuing-education credit that it earns (CME-01).

`days` holds the interval arithmetic, `year` the credit of one person's year, `bulk` the same for a
whole province in columns.
"""

from duikou.engines.credits.bulk import credits_of
from duikou.engines.credits.days import Days, add_months
from duikou.engines.credits.year import CreditRule, YearCredit, year_credits

__all__ = ["CreditRule", "Days", "YearCredit", "add_months", "credits_of", "year_credits"]

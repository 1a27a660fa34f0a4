"""Time on post and in training, and what it earns: the year's credit (CME-01), service before promotion.

`days` holds the interval arithmetic, `year` the days of one person's year, `bulk` the same for a whole
province in columns, `standing` joins days with appraisals, `service` adds up stays over the years.
"""

from duikou.engines.credits.bulk import credits_of
from duikou.engines.credits.days import Days, add_months
from duikou.engines.credits.service import Service, ServiceRule, service
from duikou.engines.credits.standing import CreditYear, Standing, Stay, credit_years, met_of
from duikou.engines.credits.year import CreditRule, YearCredit, year_credits

__all__ = [
    "CreditRule",
    "CreditYear",
    "Days",
    "Service",
    "ServiceRule",
    "Standing",
    "Stay",
    "YearCredit",
    "add_months",
    "credit_years",
    "credits_of",
    "met_of",
    "service",
    "year_credits",
]

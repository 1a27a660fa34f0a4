"""Every read of credits and certificates that a face needs."""

from duikou.wings.credits.queries.certificates import certificates, differences_of, find_certificate
from duikou.wings.credits.queries.people import Record, credit_of, find_record, own_record
from duikou.wings.credits.queries.waiting import waits_for
from duikou.wings.credits.queries.years import Line, issuable, latest_year, lines_by_year, year_lines, years

__all__ = [
    "Line",
    "Record",
    "certificates",
    "credit_of",
    "differences_of",
    "find_certificate",
    "find_record",
    "issuable",
    "latest_year",
    "lines_by_year",
    "own_record",
    "waits_for",
    "year_lines",
    "years",
]

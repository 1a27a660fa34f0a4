"""App configuration of the obligations wing."""

from django.apps import AppConfig


class ObligationsConfig(AppConfig):
    """The obligation ledger: what is due from whom, with its evidence."""

    name = "duikou.wings.obligations"
    label = "obligations"

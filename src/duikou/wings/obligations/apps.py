"""App configuration of the obligations wing."""

from django.apps import AppConfig


class ObligationsConfig(AppConfig):
    """The obligation ledger: what is due from whom, with its evidence."""

    name = "duikou.wings.obligations"
    label = "obligations"

    def ready(self) -> None:
        """Take the duties of agreements and plans, follow the register, and make duties findable."""
        from duikou.wings.obligations import receivers, search

        receivers.connect()
        search.register()

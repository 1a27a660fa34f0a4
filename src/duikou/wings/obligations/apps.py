"""App configuration of the obligations wing."""

from django.apps import AppConfig


class ObligationsConfig(AppConfig):
    """The obligation ledger: what is due from whom, with its evidence."""

    name = "duikou.wings.obligations"
    label = "obligations"

    def ready(self) -> None:
        """Take the duties of agreements and plans, and follow the register."""
        from duikou.wings.obligations import receivers

        receivers.connect()

"""App configuration of the obligations wing."""

from django.apps import AppConfig


class ObligationsConfig(AppConfig):
    """The obligation ledger: what is due from whom, with its evidence."""

    name = "duikou.wings.obligations"
    label = "obligations"

    def ready(self) -> None:
        """Take the duties of agreements and plans, follow the register; be findable, tell what waits."""
        from duikou.core.waiting import register_waiting
        from duikou.wings.obligations import receivers, search
        from duikou.wings.obligations.queries.waiting import waits_for

        receivers.connect()
        search.register()
        register_waiting(waits_for)

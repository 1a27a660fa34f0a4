"""App configuration of the agreements wing."""

from django.apps import AppConfig


class AgreementsConfig(AppConfig):
    """Agreements of pairs: templates, drafts, checks, signing, filing, amendments, ends."""

    name = "duikou.wings.agreements"
    label = "agreements"

    def ready(self) -> None:
        """Make agreements findable, follow the register, and tell what waits for whom."""
        from duikou.core.waiting import register_waiting
        from duikou.wings.agreements import receivers, search
        from duikou.wings.agreements.queries import waits_for

        search.register()
        receivers.connect()
        register_waiting(waits_for)

"""App configuration of the agreements wing."""

from django.apps import AppConfig


class AgreementsConfig(AppConfig):
    """Agreements of pairs: templates, drafts, checks, signing, filing, amendments, ends."""

    name = "duikou.wings.agreements"
    label = "agreements"

    def ready(self) -> None:
        """Make agreements findable, and follow the register."""
        from duikou.wings.agreements import receivers, search

        search.register()
        receivers.connect()

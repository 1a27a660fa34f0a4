"""App configuration of the credits wing."""

from django.apps import AppConfig


class CreditsConfig(AppConfig):
    """Continuing-education credits and certificates of service."""

    name = "duikou.wings.credits"
    label = "credits"

    def ready(self) -> None:
        """Make certificates findable, have the database guard what was issued, tell what waits."""
        from django.db.models.signals import post_migrate

        from duikou.core.waiting import register_waiting
        from duikou.wings.credits import guarding, search
        from duikou.wings.credits.queries import waits_for

        search.register()
        register_waiting(waits_for)
        post_migrate.connect(guarding.install, dispatch_uid="credits.guarding")

"""App configuration of the core."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """What every wing stands on."""

    name = "duikou.core"
    label = "core"

    def ready(self) -> None:
        """Configure logs and put back triggers that a table rebuild may have dropped."""
        from django.db.models.signals import post_migrate

        from duikou.core import accounts, guard, logs, second_factor, triggers  # noqa: F401  (receivers)

        guard.install()
        logs.configure()
        post_migrate.connect(triggers.install, dispatch_uid="core.triggers")

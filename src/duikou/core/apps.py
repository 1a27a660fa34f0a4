"""App configuration of the core."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """What every wing stands on."""

    name = "duikou.core"
    label = "core"

    def ready(self) -> None:
        """Configure logs, put back triggers that a table rebuild may have dropped, tell what waits."""
        from django.db.models.signals import post_migrate

        from duikou.core import (  # noqa: F401  (receivers)
            accounts,
            guard,
            logs,
            overlaps,
            second_factor,
            triggers,
            upkeep,
            waiting,
            written,
        )

        guard.install()
        logs.configure()
        waiting.register_waiting(upkeep.waits_for)
        post_migrate.connect(triggers.install, dispatch_uid="core.triggers")
        post_migrate.connect(overlaps.install, dispatch_uid="core.overlaps")
        post_migrate.connect(written.install, dispatch_uid="core.written")

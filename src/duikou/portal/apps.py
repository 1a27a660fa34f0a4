"""App configuration of the portal face."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The portal face."""

    name = "duikou.portal"
    label = "portal"

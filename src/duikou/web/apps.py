"""App configuration of the web face."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """The web face."""

    name = "duikou.web"
    label = "web"

"""App configuration of the api face."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """The api face."""

    name = "duikou.api"
    label = "api"

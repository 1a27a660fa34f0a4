"""The site with a purpose of uploads of the tests' own (gunicorn: `tests.kill.upload_site:application`)."""

from duikou.config.wsgi import application
from duikou.core.uploads.purposes import Purpose, register

register(Purpose("trial", "试验", "token.manage"))

__all__ = ["application"]

"""The product's settings, with the gallery of components in front of its addresses."""

from duikou.config.settings import *  # noqa: F403

ROOT_URLCONF = "tests.browser.gallery.urls"
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
WHITENOISE_USE_FINDERS = True  # static files straight from the sources
WHITENOISE_AUTOREFRESH = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True  # browsers trust localhost without TLS, too

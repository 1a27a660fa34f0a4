"""App configuration of the media wing."""

from django.apps import AppConfig


class MediaConfig(AppConfig):
    """Recorded and live video for other wings."""

    name = "duikou.wings.media"
    label = "media"

    def ready(self) -> None:
        """Take videos in pieces."""
        from django.conf import settings
        from django.utils.translation import gettext_lazy as _

        from duikou.core.uploads.purposes import Purpose, register
        from duikou.wings.media import catalogue

        most = settings.VIDEO_MAX_BYTES
        register(Purpose("video", _("教学视频"), "media.edit", catalogue.fault_of_name, most))

"""App configuration of the imaging wing."""

from django.apps import AppConfig


class ImagingConfig(AppConfig):
    """Studies of patients: pictures, slides, tracings, documents; and who may see them."""

    name = "duikou.wings.imaging"
    label = "imaging"

    def ready(self) -> None:
        """Take pictures in pieces; erase them with their patient; tell what waits for whom."""
        from django.utils.translation import gettext_lazy as _

        from duikou.core.uploads.purposes import Purpose, register
        from duikou.core.waiting import register_waiting
        from duikou.wings.imaging.forgetting import erase_studies
        from duikou.wings.imaging.queries.waiting import waits_for
        from duikou.wings.patients import followers

        register(Purpose("dicom", _("检查影像"), "study.edit"))
        followers.register(erasure=erase_studies)
        register_waiting(waits_for)

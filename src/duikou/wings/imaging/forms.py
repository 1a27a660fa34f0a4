"""Forms of the imaging wing. They read what was typed; the actions decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from duikou.wings.imaging.dicom.unpacking import Handed
from duikou.wings.imaging.models.gateways import AE_TITLE
from duikou.wings.imaging.windows import WINDOWS


class ManyFiles(forms.FileInput):
    """A field for several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files; the action says what is wrong with each, an empty one too."""

    widget = ManyFiles(attrs={"multiple": True})

    def clean(self, data: Any, initial: Any = None) -> Any:
        """The files as they came."""
        return list(data or ())


class UploadForm(forms.Form):
    """Pictures of a patient."""

    number = forms.CharField(label=_("患者编号"), max_length=10)
    file = FilesField(
        label=_("影像文件"),
        required=False,
        help_text=_("DICOM 文件（可多选）、整个文件夹，或装有它们的 .zip；展开后最多 8 GB、2 万个文件。"),
    )
    upload = forms.CharField(max_length=32, required=False, widget=forms.HiddenInput)

    def handed(self) -> list[Handed]:
        """Files that came with the form itself, where the browser runs no scripts."""
        return [Handed(one.name or "", one) for one in self.cleaned_data["file"]]


class ReasonForm(forms.Form):
    """Why something is done."""

    reason = forms.CharField(label=_("理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class MatchForm(forms.Form):
    """Whose pictures these are."""

    number = forms.CharField(label=_("患者编号"), max_length=10)


class MarkForm(forms.Form):
    """A picture that is pointed out."""

    frame = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    window = forms.ChoiceField(
        choices=[("", ""), *((key, key) for key in WINDOWS)], required=False, widget=forms.HiddenInput
    )
    note = forms.CharField(label=_("说明"), max_length=300, required=False)


class GatewayForm(forms.Form):
    """A sender of pictures."""

    hospital: forms.ModelChoiceField = forms.ModelChoiceField(label=_("医院"), queryset=None)
    ae_title = forms.CharField(label=_("AE 标题"), max_length=16, validators=[AE_TITLE])
    address = forms.GenericIPAddressField(label=_("网络地址"))
    port = forms.IntegerField(label=_("端口"), min_value=1, max_value=65535, initial=104)

    def __init__(self, *args: Any, hospitals: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hospital"].queryset = hospitals  # type: ignore[attr-defined]

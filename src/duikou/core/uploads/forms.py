"""The file field of a form whose file goes up in pieces before the form itself is sent."""

from __future__ import annotations

from typing import Any

from django import forms


class SentAheadField(forms.FileField):
    """A file that is needed, yet does not come with the form: the form's own check asks for the upload."""

    needed = True

    def __init__(self, **more: Any) -> None:
        super().__init__(required=False, **more)

"""What several rooms of this API share."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

Month = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}$", max_length=7, description="2014-03")]

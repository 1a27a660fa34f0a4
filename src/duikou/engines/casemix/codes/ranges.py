"""Ranges of categories as people write them: `C50`, `Q20-Q28`, `A15.0-A16.2`."""

from __future__ import annotations

from collections.abc import Iterator


def spread(text: str) -> Iterator[str]:
    """Go through every category or subcategory of ranges with blanks between them. Raises `ValueError`."""
    for part in text.split():
        first, _, last = part.partition("-")
        last = last or first
        if not first[:1].isalpha() or last[:1] != first[:1]:
            raise ValueError(part)
        if "." not in part:
            for number in range(int(first[1:]), int(last[1:]) + 1):
                yield f"{first[0]}{number:02}"
            continue
        from_tenth, to_tenth = (round(float(code[1:]) * 10) for code in (first, last))
        for tenth in range(from_tenth, to_tenth + 1):
            yield f"{first[0]}{tenth // 10:02}.{tenth % 10}"

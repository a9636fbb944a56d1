"""How wide text will be, near enough to decide on the server whether it fits."""

import unicodedata

WIDTHS = {"F": 1.0, "W": 1.0}
"""Share of the type size that a full-width (Chinese) character takes."""
LATIN = 0.57
"""The same for the average Latin letter of Inter at the weights that charts use."""
ELLIPSIS = "…"


def width(text: str, size: float) -> float:
    """Pixels that the text takes at a type size of `size` pixels."""
    return sum(WIDTHS.get(unicodedata.east_asian_width(character), LATIN) for character in text) * size


def fitted(text: str, room: float, size: float, *, least: int = 3) -> str:
    """The text, cut with an ellipsis where it is wider than `room` pixels; empty where under `least` letters are left."""
    if width(text, size) <= room:
        return text
    for end in range(len(text) - 1, least - 1, -1):
        cut = text[:end].rstrip() + ELLIPSIS
        if width(cut, size) <= room:
            return cut
    return ""

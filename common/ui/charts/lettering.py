"""How wide text will be, near enough to decide on the server whether it fits."""

import unicodedata

ELLIPSIS = "…"
NARROW = frozenset("iIjltfr.,:;'’!|()[]/ -·")
WIDE = frozenset("mwMW%@…—")


def _em(character: str) -> float:
    """Share of the type size that a character of Inter takes at semi-bold, rounded up; Chinese ones take all of it."""
    if unicodedata.east_asian_width(character) in "FW":
        return 1.0
    if character in NARROW:
        return 0.36
    if character in WIDE:
        return 0.92
    return 0.7 if character.isupper() else 0.62


def width(text: str, size: float) -> float:
    """Pixels that the text takes at a type size of `size` pixels."""
    return sum(_em(character) for character in text) * size


def fitted(text: str, room: float, size: float, *, least: int = 3) -> str:
    """The text, cut with an ellipsis where it is wider than `room` pixels; empty where under `least` letters remain."""
    if width(text, size) <= room:
        return text
    for end in range(len(text) - 1, least - 1, -1):
        cut = text[:end].rstrip() + ELLIPSIS
        if width(cut, size) <= room:
            return cut
    return ""

"""PDFs set by typst: a fixed template and what it shows as JSON. Words of customers are data and never markup.

The files are PDF/UA: tagged, with a title and a language, and refused where a character has no glyph, so that an empty
box is never printed unseen. What no typeface here can write is shown as □ (`writable`).
"""

import json
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import typst
from django.conf import settings
from fontTools.ttLib import TTFont

WEIGHTS = ("400Regular", "600SemiBold")
"""Folders of a typeface's package: the weights that templates use."""
UNKNOWN = "□"
"""Stands for a character that no typeface here has."""


class NotInstalled(Exception):
    """The typefaces are not where the settings say."""


def compiled(template: Path, content: Mapping[str, Any]) -> bytes:
    """The PDF that the template makes of the content, which it reads as `json(bytes(sys.inputs.content))`.

    Content is made of texts, truths, lists and mappings. The template reads nothing outside its own folder.
    """
    return _compiled(template, content, format="pdf", pdf_standards=["ua-1"])


def pictures(template: Path, content: Mapping[str, Any], *, ppi: float = 96) -> list[bytes]:
    """The same pages as PNG, to look at them."""
    found = _compiled(template, content, format="png", ppi=ppi)
    return found if isinstance(found, list) else [found]


def _compiled(template: Path, content: Mapping[str, Any], **how: Any) -> Any:
    return typst.compile(
        str(template),
        root=str(template.parent),
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"content": json.dumps(_cleaned(content), ensure_ascii=False)},
        **how,
    )


@cache
def _fonts() -> typst.Fonts:
    """The typefaces of the settings and no others: the same on every machine."""
    found = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(folder / weight) for folder in settings.PDF_FONTS.values() for weight in WEIGHTS],
    )
    if missing := set(settings.PDF_FONTS) - set(found.families()):
        raise NotInstalled(f"{', '.join(sorted(missing))}: run `npm ci`, or mend PDF_FONTS in the settings.")
    return found


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return writable(value)
    if isinstance(value, Mapping):
        return {key: _cleaned(each) for key, each in value.items()}
    if isinstance(value, Sequence):
        return [_cleaned(each) for each in value]
    return value


def writable(text: str) -> str:
    """The text in characters that the typefaces can write.

    Marks that only steer how text is laid out are dropped, since they could turn a line around; other controls become
    spaces. A character without a glyph becomes □.
    """
    return "".join(_written(character) for character in unicodedata.normalize("NFC", text.replace("\r\n", "\n")))


def _written(character: str) -> str:
    if (character.isascii() and character.isprintable()) or character == "\n":
        return character
    category = unicodedata.category(character)
    if category in {"Cc", "Zl", "Zp"}:
        return " "
    if category == "Cf" or "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef":
        return ""
    if has_glyph(character):
        return character
    return " " if category == "Zs" else UNKNOWN


def has_glyph(character: str) -> bool:
    """Whether one of the typefaces has the character. Each is read when first needed, and kept."""
    return any(ord(character) in _characters(folder) for folder in settings.PDF_FONTS.values())


@cache
def _characters(folder: Path) -> frozenset[int]:
    """The characters of the typeface in the folder."""
    [file] = (folder / WEIGHTS[0]).glob("*.ttf")
    with TTFont(file, lazy=True) as font:
        return frozenset(font.getBestCmap())

"""Every pair of text and ground in the stylesheet can be read: WCAG 2.2 AA, in the light and in the dark theme."""

import re
from pathlib import Path

import pytest
from django.conf import settings

TOKENS = (Path(settings.BASE_DIR) / "static/css/tokens.css").read_text(encoding="utf-8")
THEMES = {"light": 0, "dark": 1}
TEXT, SHAPE = 4.5, 3.0

GROUNDS = ["background", "surface", "surface-sunken", "surface-hover", "rail"]
TEXT_PAIRS = [
    *[(ink, ground) for ink in ("ink", "ink-soft", "muted", "accent", "bad") for ground in GROUNDS],
    *[(tone, f"{tone}-soft") for tone in ("bad", "warn", "ok", "info", "neutral", "accent")],
    *[(tone, "surface") for tone in ("warn", "ok", "info")],
    ("ink", "warn-soft"),
    ("ink", "accent-soft"),
    ("muted", "accent-soft"),
    ("muted", "neutral-soft"),
    ("on-accent", "accent-solid"),
    ("on-accent", "accent-solid-hover"),
    ("on-accent", "bad-solid"),
    ("on-accent", "bad-solid-hover"),
    *[(f"series-{number}-ink", f"series-{number}") for number in range(1, 7)],
]
SHAPE_PAIRS = [
    *[(f"{tone}-mark", "surface") for tone in ("bad", "warn", "ok", "info")],
    ("field-line", "surface"),
    ("accent", "surface"),
    ("accent-solid", "surface"),
]


def colour(name: str, theme: str) -> str:
    found = re.search(rf"--{name}: (?:light-dark\((#\w+), (#\w+)\)|(#\w+));", TOKENS)
    assert found, f"--{name} is not a colour in tokens.css"
    return found.group(3) or found.group(1 + THEMES[theme])


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted([luminance(one), luminance(other)])
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("ink", "ground"), TEXT_PAIRS)
def test_text_can_be_read_on_its_ground(ink, ground, theme):
    assert contrast(colour(ink, theme), colour(ground, theme)) >= TEXT


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("mark", "ground"), SHAPE_PAIRS)
def test_a_mark_or_border_can_be_seen_on_its_ground(mark, ground, theme):
    assert contrast(colour(mark, theme), colour(ground, theme)) >= SHAPE


def test_the_measure_itself_is_right():
    assert contrast("#000000", "#ffffff") == 21
    assert round(contrast("#767676", "#ffffff"), 2) == 4.54


def test_no_stylesheet_names_a_token_that_does_not_exist():
    defined = set(re.findall(r"(--[\w-]+):", TOKENS))
    for sheet in sorted((Path(settings.BASE_DIR) / "static/css").glob("*.css")):
        used = set(re.findall(r"var\((--[\w-]+)\)", sheet.read_text(encoding="utf-8")))
        assert used <= defined, f"{sheet.name}: {used - defined}"

"""Drawings for print: the same SVG that pages show, standing on its own, in the stylesheets' light colours."""

import re
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

CSS = Path(settings.BASE_DIR) / "static/css"
LIGHT = re.compile(r"--([\w-]+):\s*(?:light-dark\(\s*)?(#[0-9a-f]{3,8})")
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
BLOCK = re.compile(r"@(?:container|media)[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")
VARIABLE = re.compile(r"var\(--([\w-]+)\)")
DRAWN = (".chart", ".tower", ".periods")
"""What the selectors of the rules that colour a drawing begin with."""


def image(template: str, context: dict[str, Any]) -> str:
    """The drawing that the template of a chart writes down, as an SVG document.

    Only what can stand in an image: links go nowhere there, and a legend beside the drawing is left out.
    """
    page = render_to_string(template, context)
    begins, ends = page.index("<svg"), page.index("</svg>")
    inner = page[begins + len("<svg") : ends]
    tag, _close, drawing = inner.partition(">")
    return f'<svg xmlns="http://www.w3.org/2000/svg"{tag}><style>{stylesheet()}</style>{drawing}</svg>'


@cache
def colours() -> dict[str, str]:
    """The light value of each colour in tokens.css."""
    return dict(LIGHT.findall((CSS / "tokens.css").read_text(encoding="utf-8")))


@cache
def stylesheet() -> str:
    """The rules of charts.css for drawings, with colours and typefaces in place of variables."""
    values = colours() | {"sans": ", ".join(f"'{family}'" for family in settings.PDF_FONTS)}
    text = re.sub(r"/\*.*?\*/", "", (CSS / "charts.css").read_text(encoding="utf-8"), flags=re.DOTALL)
    text = BLOCK.sub("", text.partition("{")[2])
    rules = []
    for selectors, declarations in RULE.findall(text):
        wanted = [each.strip() for each in selectors.split(",") if each.strip().startswith(DRAWN)]
        if wanted:
            rules.append(f"{', '.join(wanted)} {{{VARIABLE.sub(lambda name: values[name[1]], declarations)}}}")
    return " ".join(" ".join(rules).split())

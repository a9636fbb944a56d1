"""What templates of letters need: styles moved into the tags, and columns that line up in plain text."""

import textwrap
import unicodedata
from functools import cache

import css_inline
from django import template
from django.template.base import NodeList, Parser, Token
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

LINE = 72
"""Columns of a line of plain text, a Chinese character taking two."""


@cache
def _inliner(stylesheet: str) -> css_inline.CSSInliner:
    """At-rules (dark screens, narrow ones) cannot stand in a tag and stay in the head."""
    return css_inline.CSSInliner(
        extra_css=render_to_string(stylesheet), keep_at_rules=True, load_remote_stylesheets=False
    )


class InlineStyles(template.Node):
    def __init__(self, stylesheet: str, nodes: NodeList) -> None:
        self.stylesheet, self.nodes = stylesheet, nodes

    def render(self, context: Context) -> SafeString:
        html = _inliner(self.stylesheet).inline(self.nodes.render(context))
        return mark_safe(html)  # noqa: S308  the same document, escaped when its nodes were rendered


@register.tag
def inlinestyles(parser: Parser, token: Token) -> InlineStyles:
    """{% inlinestyles "letters/letter.css" %} a whole HTML document {% endinlinestyles %}"""
    _name, stylesheet = token.split_contents()
    nodes = parser.parse(("endinlinestyles",))
    parser.delete_first_token()
    return InlineStyles(stylesheet.strip("\"'"), nodes)


def width(text: str) -> int:
    """Columns the text takes in a font of fixed width."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


@register.filter
def column(text: object, columns: int) -> str:
    """The text filled up with spaces to that many columns."""
    return str(text) + " " * (columns - width(str(text)))


@register.filter
def underline(text: object, line: str = "-") -> str:
    """A line as wide as the text."""
    return line * width(str(text))


@register.filter
def wrapped(text: object) -> str:
    """Paragraphs broken into lines of plain text. Chinese, which has no spaces to break at, is left to the reader."""
    return "\n".join(
        textwrap.fill(line, LINE, break_long_words=False, break_on_hyphens=False) if width(line) == len(line) else line
        for line in str(text).splitlines()
    )

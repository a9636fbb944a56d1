"""All letters the product writes to customers: one line each, over one way of writing them."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from communications.models import Update
from profiles.models import Contact


@dataclass(frozen=True)
class Letter:
    """A letter ready to be sent. `html` carries its styles in its tags, as mail programs need."""

    subject: str
    text: str
    html: str


def make_message(name: str, *, language: str, subject: str, **context: Any) -> Letter:
    """Renders templates/letters/<name>.html and .txt in the language."""
    context |= {"subject": subject, "house": settings.HOUSE_NAME, "language": language}
    with translation.override(language):
        html = render_to_string(f"letters/{name}.html", context)
        text = render_to_string(f"letters/{name}.txt", context)
    return Letter(subject=subject, text=text.strip() + "\n", html=html.strip() + "\n")


def update(letter: Update, *, contact: Contact | None) -> Letter:
    """What a customer is told of its programme. Without a contact it greets nobody by name."""
    return make_message("update", language=letter.language, subject=letter.subject, update=letter, contact=contact)

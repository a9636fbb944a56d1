"""The catalogues of translated strings, brought up to what the code says: `make messages` calls it.

Written with Babel, which the product needs anyway, so that nobody has to install GNU gettext. Catalogues are sorted,
and name no files and no days: they change only where a string does.
"""

import ast
import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

BASE_DIR = Path(__file__).resolve().parent.parent
PACKAGES = (
    "broker_crm",
    "desk",
    "monitoring",
    "programmes",
    "risk",
    "market",
    "communications",
    "profiles",
    "accounts",
    "common",
)
# What of Django's translation module marks a string, and how many of its first arguments are text.
MARKS = {"gettext": 1, "gettext_lazy": 1, "gettext_noop": 1, "ngettext": 2, "ngettext_lazy": 2}
# What packages say to our users without a Chinese translation of their own.
SAID_BY_PACKAGES = {"phonenumber_field": ["The phone number entered is not valid."]}
HEADER = """\
msgid ""
msgstr ""
"Language: {locale}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plural_forms}\\n"

"""


class Said(NamedTuple):
    """A string that the code shows: its text (singular and plural, where it has both) and where it stands."""

    text: str | tuple[str, str]
    place: str


class UnreadableMark(Exception):
    """What is marked for translation is no plain string: it is put together while the program runs."""


def catalogue_files() -> list[Path]:
    """The .po file of each language that the product is translated to."""
    return sorted(BASE_DIR.glob("locale/*/LC_MESSAGES/django.po"))


def said() -> Iterator[Said]:
    """Every string to translate: of the code, of the templates, and of packages. Raises UnreadableMark."""
    for package in PACKAGES:
        for path in sorted((BASE_DIR / package).rglob("*.py")):
            yield from said_in_code(path.read_text(), str(path.relative_to(BASE_DIR)))
    for path in sorted((BASE_DIR / "templates").rglob("*.*")):
        if path.suffix in {".html", ".txt"}:
            yield from said_in_template(path.read_text(), str(path.relative_to(BASE_DIR)))
    for package, texts in SAID_BY_PACKAGES.items():
        yield from (Said(text, package) for text in texts)


def said_in_code(source: str, name: str) -> Iterator[Said]:
    """The marked strings of a Python module, whatever names it imports the marks by. Raises UnreadableMark."""
    tree = ast.parse(source, name)
    marks = {
        alias.asname or alias.name: MARKS[alias.name]
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
        if alias.name in MARKS
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in marks:
            arguments = node.args[: marks[node.func.id]]
            # The value of a name was marked by gettext_noop where it is set.
            if not any(isinstance(argument, ast.Name | ast.Attribute) for argument in arguments):
                yield Said(_text_of(arguments, f"{name}:{node.lineno}"), f"{name}:{node.lineno}")


def _text_of(arguments: list[ast.expr], place: str) -> str | tuple[str, str]:
    match [argument.value for argument in arguments if isinstance(argument, ast.Constant)]:
        case [str() as text] if len(arguments) == 1:
            return text
        case [str() as singular, str() as plural] if len(arguments) == 2:
            return singular, plural
    raise UnreadableMark(f"{place} marks something other than a plain string.")


def said_in_template(source: str, name: str) -> Iterator[Said]:
    """The strings of a template's translate and blocktranslate tags."""
    # Django makes a template into calls of gettext and filling; on one line they read as Python, whatever the indent.
    calls = templatize(source, origin=name).replace("\n", " ").strip()
    keywords: dict[str, Any] = {"gettext": None, "_": None, "ngettext": (1, 2)}
    for _line, text, _comments, _context in extract("python", io.BytesIO(calls.encode()), keywords):
        yield Said(text if isinstance(text, str) else (text[0], text[1]), name)


def updated(catalogue: Catalog) -> Catalog:
    """The catalogue with every string that the code says, translated where it was, and none besides."""
    template = Catalog()
    for text, _place in said():
        template.add(text)
    catalogue.update(template, no_fuzzy_matching=True)
    return catalogue


def is_translated(message: Message) -> bool:
    """Whether the message has words, in every form that the language has, and nobody doubts them."""
    has_words = all(message.string) if isinstance(message.string, tuple | list) else bool(message.string)
    return has_words and not message.fuzzy


def written(catalogue: Catalog) -> str:
    """The text of the catalogue's .po file."""
    text = io.BytesIO()
    write_po(text, catalogue, width=0, omit_header=True, sort_output=True, ignore_obsolete=True)
    return HEADER.format(locale=catalogue.locale, plural_forms=catalogue.plural_forms) + text.getvalue().decode()


def main() -> int:
    """Brings every catalogue up to the code and says what is left to translate."""
    settings.configure(USE_I18N=False)
    for path in catalogue_files():
        with path.open("rb") as file:
            catalogue = updated(read_po(file, locale=path.parts[-3]))
        path.write_text(written(catalogue))
        missing = [message for message in catalogue if message.id and not is_translated(message)]
        print(f"{path.relative_to(BASE_DIR)}: {len(catalogue)} strings, {len(missing)} to translate")  # noqa: T201 a command's answer
    return 0


if __name__ == "__main__":
    sys.exit(main())

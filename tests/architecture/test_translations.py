"""Whatever the product says on screen, it can say in each of its languages."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from django.conf import settings

from broker_crm import translations

# What a sentence has filled in: by gettext's % or by a finding's facts, whose format must survive too.
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|\{\w+(?::\w+)?\}")
WORDS = re.compile(r"[A-Za-z]{2,}")
TEMPLATE_TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)
MARKED_OR_SILENT = re.compile(
    r"\{% (?P<tag>comment|blocktranslate)\b.*?%\}.*?\{% end(?P=tag) %\}|<style>.*?</style>", re.DOTALL
)
SPOKEN_ATTRIBUTES = {"title", "label", "aria-label", "placeholder", "alt", "note", "help", "hint", "heading", "caption"}
SAME_EVERYWHERE = {
    "Broker CRM": "the product's name",
    "Ctrl K": "keys as they are printed on keyboards",
    "Enter": "as above",
    "Esc": "as above",
    "page--narrow": "a block's class, not text",
}
NOT_FOR_USERS = {"gallery/": "the gallery of components is for those who build the product"}


def catalogue(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parts[-3])


each_catalogue = pytest.mark.parametrize("path", translations.catalogue_files(), ids=lambda path: path.parts[-3])


def test_every_language_of_the_settings_has_a_catalogue():
    languages = {path.parts[-3].replace("_", "-").lower() for path in translations.catalogue_files()}
    assert languages == {code for code, _name in settings.LANGUAGES} - {"en"}


@each_catalogue
def test_everything_said_is_translated(path):
    known = {message.id: message for message in catalogue(path)}
    singulars = {message.id[0]: message for message in known.values() if isinstance(message.id, tuple | list)}
    missing = {}
    for text, place in translations.said():
        message = singulars.get(text[0]) if isinstance(text, tuple) else known.get(text) or singulars.get(text)
        if message is None or not translations.is_translated(message):
            missing.setdefault(text, place)
    assert not missing, "Run make messages, then translate:\n" + "\n".join(
        f"  {place}: {text!r}" for text, place in missing.items()
    )


@each_catalogue
def test_no_translation_is_left_of_what_is_no_longer_said(path):
    said = {text if isinstance(text, str) else text[0] for text, _place in translations.said()}
    left = [message.id for message in catalogue(path) if message.id and singular(message.id) not in said]
    assert not left, f"Run make messages: nothing says {left} any more."


@each_catalogue
def test_translations_fill_in_the_same_things(path):
    differing = [
        (message.id, text)
        for message in catalogue(path)
        if message.id
        for text in (message.string if isinstance(message.string, tuple | list) else [message.string])
        if placeholders(text) != placeholders(singular(message.id))
    ]
    assert not differing
    assert [str(error) for _message, errors in catalogue(path).check() for error in errors] == []


@each_catalogue
def test_a_catalogue_is_as_make_messages_writes_it(path):
    """No names of people, no days, no files: it changes only where a string does."""
    assert path.read_text() == translations.written(catalogue(path))


def test_templates_say_nothing_that_cannot_be_translated():
    root = settings.BASE_DIR / "templates"
    unmarked, used = {}, set()
    for path in sorted(root.rglob("*.html")):
        name = str(path.relative_to(root))
        if not name.startswith(tuple(NOT_FOR_USERS)):
            words = said_unmarked(path.read_text())
            used.update(words)
            if words - set(SAME_EVERYWHERE):
                unmarked[name] = words
    assert not unmarked
    assert used == set(SAME_EVERYWHERE), "an exception that nothing needs any more"


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("_ = 1\nfrom django.utils.translation import gettext as _\n_('Due')", ["Due"]),
        ("from django.utils.translation import gettext_lazy\ngettext_lazy('Due ' 'today')", ["Due today"]),
        ("from django.utils.translation import ngettext as n\nn('a day', 'days', 3)", [("a day", "days")]),
        ("from django.utils.translation import gettext\ngettext(group)", []),
        ("from gettext import gettext\ngettext('not ours')", []),
    ],
)
def test_marks_are_found_by_whatever_name_they_are_imported(source, found):
    assert [text for text, _place in translations.said_in_code(source, "code.py")] == found


def test_a_string_put_together_while_running_is_refused():
    source = "from django.utils.translation import gettext as _\n_(f'Due {day}')"
    with pytest.raises(translations.UnreadableMark, match=r"^code\.py:2 "):
        list(translations.said_in_code(source, "code.py"))


def test_tags_of_templates_are_found_inside_attributes_and_filters():
    source = """<c-fact label="{% translate 'Due' %}">
        {% blocktranslate count n=days trimmed %}{{ n }} day{% plural %}{{ n }} days{% endblocktranslate %}
      {{ place|default:_("anywhere") }}</c-fact>"""
    found = [text for text, _place in translations.said_in_template(source, "page.html")]
    assert found == ["Due", ("%(n)s day", "%(n)s days"), "anywhere"]


def placeholders(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text))


def singular(text: str | tuple[str, ...]) -> str:
    return text if isinstance(text, str) else text[0]


def said_unmarked(source: str) -> set[str]:
    """The words of a template that no tag marks: in its text and in the attributes that are read out or shown."""
    reader = SpokenText()
    reader.feed(TEMPLATE_TAG.sub("", MARKED_OR_SILENT.sub("", source)))
    return {text for text in reader.spoken if WORDS.search(text)}


class SpokenText(HTMLParser):
    """Collects what a page shows and what it reads out."""

    def __init__(self):
        super().__init__()
        self.spoken = []

    def handle_starttag(self, tag, attrs):
        self.spoken += [value.strip() for name, value in attrs if name in SPOKEN_ATTRIBUTES and value]

    def handle_data(self, data):
        self.spoken += filter(None, (line.strip() for line in data.splitlines()))

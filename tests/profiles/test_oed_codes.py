"""Occupancy and construction codes in the user's language, or the standard's English where there is no other."""

from django.utils.translation import override

from profiles.oed_codes import constructions, occupancies


def test_codes_read_in_the_language_of_whoever_looks():
    with override("zh-hant"):
        assert occupancies()[1122] == "商業，倉庫"
        assert constructions()[5150] == "混凝土，鋼筋混凝土"
    with override("en"):
        assert occupancies()[1122] == "Commercial, Warehouse"
        assert constructions()[5150] == "Concrete, Reinforced concrete"


def test_a_code_without_a_chinese_name_keeps_the_standards_words():
    with override("zh-hant"):
        assert occupancies()[3013] == "Drill ship"


def test_every_building_code_has_a_chinese_name():
    with override("zh-hant"):
        names = [name for code, name in occupancies().items() if code < 2000]
    assert len(names) > 80
    assert not [name for name in names if name.isascii()]

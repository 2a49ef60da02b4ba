"""What people are offered is what the engine has, kind by kind."""

from engine.data.variable import DISCRETE, Kind
from engine.families import OFFERS, fitting
from engine.mechanisms.families import FAMILIES


def test_every_family_is_offered_in_the_same_order() -> None:
    assert list(OFFERS) == list(FAMILIES)
    for name, facts in FAMILIES.items():
        assert facts.mechanism.family == name
        assert facts.words == OFFERS[name].words
        assert facts.discrete == OFFERS[name].discrete


def test_every_kind_has_its_line_and_something_beyond() -> None:
    for kind in Kind:
        names = fitting(kind)
        assert any(OFFERS[name].straight for name in names)
        assert any(not OFFERS[name].straight for name in names)
        assert all(OFFERS[name].discrete == (kind in DISCRETE) for name in names)

"""The matcher of names: for any names at all, not only those somebody thought of."""

from __future__ import annotations

import unicodedata
from typing import Final

from hypothesis import assume, given
from hypothesis import strategies as st
from rapidfuzz import fuzz

from payments.acquirer.name_index import HOLD_AT, NO_MATCH, SETTINGS, Entry, Match, NameIndex
from payments.switch.names import words

ANY_TEXT: Final = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
LETTERS: Final = st.sampled_from("abcdeéñøłßاحмиВ山田がक्")
WORD: Final = st.text(LETTERS, min_size=1, max_size=8)
NAME: Final = st.lists(WORD, min_size=1, max_size=4).map(" ".join).filter(words)
LISTS: Final = st.lists(NAME, max_size=12)
LATIN: Final = st.lists(st.text("abcdeghmnorstvz", min_size=2, max_size=8), min_size=1, max_size=4).map(" ".join)
THRESHOLDS: Final = st.integers(50, 100)


def index_of(names: list[str], hold_at: int = HOLD_AT) -> NameIndex:
    return NameIndex("scl_test", [Entry(f"EX-{n}", (each,)) for n, each in enumerate(names)], hold_at)


def plain_score(given: str, listed: str, hold_at: int) -> int:
    """The documented score of one name against another, worked out the long way."""
    own, theirs = words(given), words(listed)
    ratios = fuzz.ratio(" ".join(sorted(own)), " ".join(sorted(theirs))), fuzz.ratio("".join(own), "".join(theirs))
    alike = max(int(each) if each >= hold_at else 0 for each in ratios)
    smaller, larger = sorted(({*own}, {*theirs}), key=len)
    contained = SETTINGS["contained"] if smaller <= larger and len(smaller) >= 2 else 0
    return max(each if each >= hold_at else 0 for each in (alike, contained))


@given(ANY_TEXT)
def test_a_name_made_comparable_stays_as_it_is(name: str) -> None:
    assert words(" ".join(words(name))) == words(name)


@given(ANY_TEXT)
def test_what_is_left_of_a_name_has_no_capitals_accents_or_marks_of_punctuation(name: str) -> None:
    for word in words(name):
        assert word
        assert not any(each.isspace() for each in word)
        assert all(each.isalnum() or unicodedata.category(each)[0] == "M" for each in word)


@given(NAME, LISTS)
def test_a_listed_name_is_always_found(name: str, others: list[str]) -> None:
    found = index_of([*others, name]).match(name)
    assert found.score == 100


@given(LATIN, st.randoms())
def test_case_order_accents_and_punctuation_make_no_difference(name: str, random: object) -> None:
    parts = name.split()
    random.shuffle(parts)  # type: ignore[attr-defined]
    dressed = " , ".join(each.upper().replace("E", "É").replace("O", "Ö") for each in parts)
    assert index_of([name]).match(dressed).score == 100


@given(NAME, LISTS, THRESHOLDS)
def test_the_index_gives_the_documented_score(name: str, listed: list[str], hold_at: int) -> None:
    found = index_of(listed, hold_at).match(name)
    assert found.score == max((plain_score(name, each, hold_at) for each in listed), default=0)
    if found.score:
        at = int(found.entry.removeprefix("EX-"))
        assert plain_score(name, listed[at], hold_at) == found.score
    else:
        assert found == NO_MATCH


@given(NAME, LISTS, NAME)
def test_a_longer_list_never_scores_less(name: str, listed: list[str], more: str) -> None:
    assert index_of([*listed, more]).match(name).score >= index_of(listed).match(name).score


@given(NAME, LISTS, THRESHOLDS, THRESHOLDS)
def test_a_higher_threshold_never_holds_more(name: str, listed: list[str], one: int, other: int) -> None:
    low, high = sorted((one, other))
    strict = index_of(listed, high).match(name)
    assert not strict.score or index_of(listed, low).match(name).score >= strict.score


@given(ANY_TEXT)
def test_an_empty_list_holds_nobody(name: str) -> None:
    assume(words(name)[:2] != ("sanctions", "test"))
    assert index_of([]).match(name) == NO_MATCH


@given(LISTS, THRESHOLDS)
def test_the_test_names_do_what_they_say_whatever_is_listed(listed: list[str], hold_at: int) -> None:
    index = index_of([*listed, "Sanctions Test Clear"], hold_at)
    assert index.match("Sanctions Test Hit") == Match("test_name", 100)
    assert index.match("SANCTIONS test near") == (Match("test_name", 90) if hold_at <= 90 else NO_MATCH)
    assert index.match("Sanctions Test Clear") == NO_MATCH

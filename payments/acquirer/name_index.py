"""The names of a sanctions list in the form in which others are looked up in them, and how alike two names are.

A name scores from 0 to 100 against a listed one, both made comparable first (``switch/names.py``): the better of

- the likeness (rapidfuzz ``ratio``: twice the letters in common, in order, by all letters) of their words in
  alphabetical order, or of their words run together in the order they came in;
- ``contained`` (of the settings), when all words of the one, two at least, are among those of the other.

The settings are in ``screening.json``: ``hold_at``, from which score on it is a hit (a list may bring its own), and the
test names, which score what they say whatever is loaded.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from typing import Any, Final, NamedTuple

from rapidfuzz import fuzz, process

from payments.switch.names import words

SETTINGS: Final[dict[str, Any]] = json.loads(Path(__file__).with_name("screening.json").read_text(encoding="utf-8"))
HOLD_AT: Final[int] = SETTINGS["hold_at"]
TEST: Final = "test_name"
"""The entry that a test name is said to be."""

_TEST_NAMES: Final[dict[tuple[str, ...], int]] = {words(name): score for name, score in SETTINGS["test_names"].items()}
_REMEMBERED: Final = 10_000


class Entry(NamedTuple):
    """One person or company on the list: the list's own ``reference`` for it, and every name it goes by."""

    reference: str
    names: tuple[str, ...]


class Match(NamedTuple):
    """The listed entry a name is most like, by its reference, and how much: 0 to 100."""

    entry: str
    score: int


NO_MATCH: Final = Match("", 0)


class Texts:
    """Texts with the entry each belongs to, by their length: those of very different length cannot be alike."""

    def __init__(self) -> None:
        """Start with none."""
        self._entries: dict[str, str] = {}
        self._by_length: dict[int, list[str]] = defaultdict(list)

    def add(self, text: str, entry: str) -> None:
        """Take in a text; one that is there stays with its entry."""
        if text and text not in self._entries:
            self._entries[text] = entry
            self._by_length[len(text)].append(text)

    def most_like(self, text: str, at_least: int) -> Match:
        """Return the entry of the text that ``text`` is most like, if they score ``at_least`` that much."""
        best, own = NO_MATCH, len(text)
        for length, texts in self._by_length.items():
            # No more letters can be in common than the shorter has.
            if 200 * min(own, length) < at_least * (own + length):
                continue
            found = process.extractOne(text, texts, scorer=fuzz.ratio, score_cutoff=max(at_least, best.score))
            if found and int(found[1]) > best.score:
                best = Match(self._entries[found[0]], int(found[1]))
        return best


class NameIndex:
    """A list in the form in which names are looked up in it. Nothing in it changes."""

    def __init__(self, id: str = "", entries: Iterable[Entry] = (), hold_at: int = HOLD_AT) -> None:
        """Make the names of ``entries`` comparable: 40,000 take less than a second."""
        self.id = id
        self.hold_at = hold_at
        self._kinds = Texts(), Texts()
        self._lists: dict[str, list[int]] = defaultdict(list)
        self._names: list[tuple[int, str]] = []
        self._known: dict[str, Match] = {}
        for entry in entries:
            for name in entry.names:
                self._take_in(entry.reference, words(name))

    def _take_in(self, reference: str, name: tuple[str, ...]) -> None:
        for texts, text in zip(self._kinds, _both_ways(name), strict=True):
            texts.add(text, reference)
        if len(name) > 1:
            self._names.append((len({*name}), reference))
            for word in {*name}:
                self._lists[word].append(len(self._names) - 1)

    def match(self, name: str) -> Match:
        """Return what ``name`` is most like, ``NO_MATCH`` for a score below ``hold_at``; remembered."""
        known = self._known.get(name)
        if known is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            known = self._known[name] = self._match(words(name))
        return known

    def _match(self, name: tuple[str, ...]) -> Match:
        test = _TEST_NAMES.get(name)
        if test is not None:
            return Match(TEST, test) if test >= self.hold_at else NO_MATCH
        if not (self.id and name):
            return NO_MATCH
        found = max(self._alike(name), self._contained(name), key=lambda match: match.score)
        return found if found.score >= self.hold_at else NO_MATCH

    def _alike(self, name: tuple[str, ...]) -> Match:
        asked = zip(self._kinds, _both_ways(name), strict=True)
        return max((texts.most_like(text, self.hold_at) for texts, text in asked), key=lambda match: match.score)

    def _contained(self, name: tuple[str, ...]) -> Match:
        own = len({*name})
        if own < 2:
            return NO_MATCH
        common = Counter(chain.from_iterable(self._lists.get(each, ()) for each in {*name}))
        for position, count in sorted(common.items()):
            listed, reference = self._names[position]
            if count == min(own, listed) >= 2:
                return Match(reference, SETTINGS["contained"])
        return NO_MATCH


def _both_ways(name: tuple[str, ...]) -> tuple[str, str]:
    """Return a name as one text: its words in alphabetical order, and run together."""
    return " ".join(sorted(name)), "".join(name)

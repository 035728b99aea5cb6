"""Names of people and companies, made comparable.

Two spellings of one name differ in case, accents, punctuation and the order of words. What is left of a name here
differs in none of these:

1. compatibility forms are unified (Unicode NFKD: full width, ligatures), accents of letters and vowel points taken off,
   what remains is put together again (NFC);
2. letters that do not come apart are written out (ø o, ł l, ß ss, æ ae …), capitals folded;
3. apostrophes vanish (O'Neill, oneill), everything else that is no letter or digit parts words (Jean-Luc, jean luc).

Other scripts stay what they are: a name is compared with names in its own script. Nothing is transliterated, because
there is no one right way; lists carry such spellings as aliases.
"""

import unicodedata
from functools import lru_cache
from typing import Final

# Combining classes up to 9 are part of a letter in its script (kana voicing, nukta, virama): not to be taken off.
_PART_OF_THE_LETTER: Final = 9
_APOSTROPHES: Final = frozenset("'`´ʹʻʼʽˈ‘’‛′＇")
_WRITTEN_OUT: Final = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŧ": "t", "ŋ": "ng"}
)


@lru_cache(maxsize=10_000)
def words(name: str) -> tuple[str, ...]:
    """Return the words of ``name`` in the order they came in, made comparable; none of what has no letter or digit."""
    if name.isascii():
        return tuple(name.lower().translate(_ASCII).split())
    apart = unicodedata.normalize("NFKD", name)
    bare = "".join(each for each in apart if unicodedata.combining(each) <= _PART_OF_THE_LETTER)
    folded = unicodedata.normalize("NFC", bare).casefold().translate(_WRITTEN_OUT)
    return tuple("".join(map(_part, folded)).split())


def _part(letter: str) -> str:
    """Return what stands for a character: itself in a word, nothing for an apostrophe, a blank for all else."""
    if letter.isalnum() or unicodedata.category(letter)[0] == "M":
        return letter
    return "" if letter in _APOSTROPHES or unicodedata.category(letter) == "Cf" else " "


# The same for ASCII at once, which is most names: ten times as fast.
_ASCII: Final = {code: _part(chr(code)) for code in range(128)}

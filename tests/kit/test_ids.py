"""Ids are TypeIDs that sort as they were made, and no two writers ever make the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typeid import TypeID

from payments.kit.ids import BATCH_BITS, ROW_BITS, SESSION_BITS, Ids, base32, base36, batch_of, first_row

instants = st.integers(0, (1 << 48) * 1000 - 1)
sessions = st.integers(1, (1 << SESSION_BITS) - 1)


@given(instants, sessions)
def test_an_id_is_a_valid_typeid_of_its_millisecond(at: int, session: int) -> None:
    id = Ids(session).new("pay", at)
    parsed = TypeID.from_string(id)
    assert parsed.prefix == "pay"
    assert str(parsed) == id
    uuid = parsed.uuid
    assert int(uuid) >> 80 == at // 1000
    assert (int(uuid) >> 76) & 0xF == 7, "a UUID of version 7"
    assert (int(uuid) >> 62) & 0b11 == 0b10, "of the variant of RFC 9562"


@given(sessions, st.lists(instants, min_size=1, max_size=50))
def test_ids_sort_as_they_were_made(session: int, moments: list[int]) -> None:
    ids = Ids(session)
    made = [ids.new("pay", at) for at in sorted(moments)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_two_sessions_never_make_the_same_id() -> None:
    first, second = Ids(1), Ids(2)
    made = [ids.new("pay", 1_000) for ids in (first, second) for _ in range(1_000)]
    assert len(set(made)) == 2_000


def test_the_same_session_and_clock_make_the_same_ids() -> None:
    one, other = ([Ids(7).new("pay", at) for at in (5, 5, 6)] for _ in range(2))
    assert one == other


@pytest.mark.parametrize("session", [0, 1 << SESSION_BITS])
def test_a_session_beyond_the_bits_is_refused(session: int) -> None:
    with pytest.raises(AssertionError, match="used up"):
        Ids(session)


def test_batches_and_their_rows_fit_into_64_bits_and_never_overlap() -> None:
    last_session = Ids((1 << SESSION_BITS) - 1)
    batch = last_session.next_batch()
    assert SESSION_BITS + BATCH_BITS + ROW_BITS == 63
    assert first_row(batch) < 1 << 63
    following = last_session.next_batch()
    assert following == batch + 1
    assert batch_of(first_row(following) - 1) == batch
    assert batch_of(first_row(following)) == following


def test_numbers_of_a_session_start_at_one_and_share_the_count_with_ids() -> None:
    ids = Ids(1)
    assert [ids.number(), ids.number()] == [1, 2]
    ids.new("pay", 0)
    assert ids.number() == 4


@given(st.integers(0, (1 << 128) - 1))
def test_base32_is_crockfords(value: int) -> None:
    digits = "0123456789abcdefghjkmnpqrstvwxyz"
    text = base32(value)
    assert len(text) == 26
    total = 0
    for each in text:
        total = total * 32 + digits.index(each)
    assert total == value


@given(st.integers(0, 10**20), st.integers(1, 12))
def test_base36_reads_back_modulo_its_digits(value: int, digits: int) -> None:
    text = base36(value, digits)
    assert len(text) == digits
    assert int(text, 36) == value % 36**digits

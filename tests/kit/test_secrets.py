"""Secrets never show themselves: not in words, not in logs, not in a pickle, and only encrypted in a database."""

from __future__ import annotations

import copy
import json
import logging
import pickle
import traceback
from dataclasses import dataclass

import orjson
import pytest
from cryptography.exceptions import InvalidTag

from payments.kit.secrets import CardNumber, Secret, Vault

NUMBER = "4000121111114242"
CVV = "739"


@dataclass(frozen=True)
class Presented:
    number: CardNumber
    cvv: Secret


@pytest.fixture
def vault() -> Vault:
    return Vault(b"k" * 32)


@pytest.mark.parametrize("secret", [CardNumber(NUMBER), Secret(CVV)], ids=["number", "cvv"])
def test_a_secret_is_not_in_any_words(secret: Secret, caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("test").warning("%s %r", secret, secret)
    shown = [repr(secret), str(secret), f"{secret}", f"{secret!r:>30}", f"{[secret]}", caplog.text]
    for text in shown:
        assert secret.reveal() not in text
    assert not hasattr(secret, "__dict__")


def test_what_holds_secrets_shows_none() -> None:
    presented = Presented(CardNumber(NUMBER), Secret(CVV))
    assert repr(presented) == "Presented(number=400012••••••4242, cvv=***)"
    try:
        raise ValueError(presented)
    except ValueError as error:
        text = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    assert "1111114" not in text
    assert CVV not in text.replace("cvv=***", "")


@pytest.mark.parametrize("secret", [CardNumber(NUMBER), Secret(CVV)], ids=["number", "cvv"])
def test_a_secret_is_not_written_out(secret: Secret) -> None:
    for write in (pickle.dumps, copy.copy, copy.deepcopy, json.dumps, orjson.dumps):
        with pytest.raises(TypeError):
            write(secret)


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        (NUMBER, "400012••••••4242"),
        ("4000121111112", "400012•••1112"),
        ("1234567", "•••••••"),
        ("", ""),
    ],
)
def test_at_most_the_first_six_and_last_four_are_shown(number: str, masked: str) -> None:
    assert CardNumber(number).masked == masked


def test_secrets_compare_by_value_and_kind() -> None:
    assert Secret(CVV) == Secret(CVV)
    assert Secret(CVV) != Secret("738")
    assert Secret(NUMBER) != CardNumber(NUMBER)
    assert Secret(CVV) != CVV
    assert len({CardNumber(NUMBER), CardNumber(NUMBER), Secret(NUMBER)}) == 2


def test_what_is_encrypted_reads_back_and_never_looks_the_same_twice(vault: Vault) -> None:
    number = CardNumber(NUMBER)
    first, second = vault.encrypt(number), vault.encrypt(number)
    assert first != second
    assert NUMBER.encode().hex() not in first
    assert vault.card_number(first) == vault.card_number(second) == number
    assert vault.secret(vault.encrypt(Secret(CVV))) == Secret(CVV)


def test_what_was_tampered_with_or_belongs_to_another_key_is_not_read(vault: Vault) -> None:
    encrypted = vault.encrypt(CardNumber(NUMBER))
    tampered = encrypted[:-1] + ("0" if encrypted[-1] != "0" else "1")
    with pytest.raises(InvalidTag):
        vault.card_number(tampered)
    with pytest.raises(InvalidTag):
        Vault(b"x" * 32).card_number(encrypted)


def test_fingerprints_find_a_number_only_under_the_same_key(vault: Vault) -> None:
    assert vault.fingerprint(CardNumber(NUMBER)) == Vault(b"k" * 32).fingerprint(CardNumber(NUMBER))
    assert vault.fingerprint(CardNumber(NUMBER)) != Vault(b"x" * 32).fingerprint(CardNumber(NUMBER))
    assert vault.fingerprint(CardNumber(NUMBER)) != vault.fingerprint(CardNumber("4000121111114241"))

"""The demo: every cent of the day comes out right, files of orders are carried out, and what is wrong is seen."""

import io
import json
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from payments.api.keys import DEMO_KEY
from payments.shop import expectation, orders
from payments.shop.amounts import shown
from payments.shop.demo import run
from payments.shop.orders import BadLine, Order, read_orders
from tests.served import served

EXAMPLE = Path(orders.__file__).with_name("example.jsonl")
NORA = {"number": "4000121111104242"}
BOOKS = {"type": "payment", "merchant": "mch_blue_door_books", "amount": 100, "currency": "USD", "card": NORA}


@pytest.fixture
def base_url(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A real server, on a world whose clock stands at the morning of the story."""
    monkeypatch.setenv("PAYMENTS_VAULT_KEY", "de" * 32)
    with served(database_url) as url:
        yield url


def told(base_url: str, file: Path | None = None) -> tuple[int, str]:
    out = io.StringIO()
    return run(base_url, DEMO_KEY, file, out), out.getvalue()


def written(folder: Path, *lines: object) -> Path:
    path = folder / "orders.jsonl"
    path.write_text("".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines))
    return path


# ── the story ──


def test_every_cent_of_the_story_is_right_and_the_sandbox_verifies_clean(base_url: str) -> None:
    code, story = told(base_url)

    assert code == 0, story
    assert "Every cent is right, and verify is clean." in story
    for line in (
        "OpenNet → First Prairie Bank",
        "51 insufficient funds",
        "Harbor Acquiring ✗ OpenNet",
        "0420 Reversal",
        "You received 250.00 USD",
        "Blue Door Books, available ━━▶ Settlement cash",
    ):
        assert line in story

    assert "400012••••••4242" in story
    assert NORA["number"] not in story
    assert "cvv" not in story.lower()


def test_a_cent_that_is_not_where_it_should_be_is_seen(base_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expectation, "PUSH_FEE", 61)

    code, story = told(base_url)

    assert code == 1
    assert "9,749.40  ✗" in story
    assert "Something is wrong" in story


def test_a_server_that_is_not_there_is_an_error_not_a_traceback() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        nobody = f"http://127.0.0.1:{listener.getsockname()[1]}"

    code, story = told(nobody)

    assert code == 1
    assert "The demo cannot go on" in story


# ── files of orders ──


def test_the_example_file_comes_out_right(base_url: str) -> None:
    code, story = told(base_url, EXAMPLE)

    assert code == 0, story
    assert "Every cent is right, and verify is clean." in story


def test_bad_lines_are_named_and_everything_else_is_carried_out(base_url: str, tmp_path: Path) -> None:
    unknown = {**BOOKS, "merchant": "mch_nobody"}
    outside = {**BOOKS, "card": {"number": "4111111111111111"}}
    file = written(tmp_path, BOOKS, "{", unknown, outside, "", {**BOOKS, "colour": "red"}, BOOKS)

    code, story = told(base_url, file)

    assert code == 2, story
    assert "4 line(s) were not carried out" in story
    for said in ("line 2: This is not JSON", "line 3: There is no merchant", "line 4: ", "line 6: colour"):
        assert said in story
    assert "4111111111111111" not in story
    payments = httpx.get(
        f"{base_url}/v1/payments?merchant=mch_blue_door_books", headers={"Authorization": f"Bearer {DEMO_KEY}"}
    ).json()["data"]
    assert [each["status"] for each in payments] == ["captured", "captured"]


@pytest.mark.parametrize(
    ("line", "advice"),
    [
        ("[]", "Write an object"),
        ({"type": "payout"}, '"type"'),
        ({**BOOKS, "merchant": 7}, '"merchant"'),
        ({**BOOKS, "amount": "1.00"}, "minor units"),
        ({**BOOKS, "amount": True}, "minor units"),
        ({**BOOKS, "amount": 0}, "minor units"),
        ({**BOOKS, "currency": "usd"}, '"currency"'),
        ({**BOOKS, "card": "4000121111104242"}, '"card"'),
        ({**BOOKS, "merchant": None, "amount": "4000121111104242"}, '"merchant"'),
        ("x" * 20_000, "longer than"),
    ],
)
def test_what_is_wrong_with_a_line_is_said_before_it_is_sent(line: object, advice: str) -> None:
    (read,) = read_orders([line if isinstance(line, str) else json.dumps(line)])

    assert isinstance(read, BadLine)
    assert advice in read.advice
    assert NORA["number"] not in read.advice


def test_a_line_that_is_fit_is_an_order_and_empty_lines_only_count() -> None:
    assert list(read_orders(["\n", json.dumps(BOOKS)])) == [
        Order(2, "payment", {name: value for name, value in BOOKS.items() if name != "type"} | {"capture": True})
    ]


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (1_000_000, "USD", "10,000.00 USD"),
        (-5, "USD", "−0.05 USD"),
        (3300, "JPY", "3,300 JPY"),
        (18_500, "BHD", "18.500 BHD"),
    ],
)
def test_amounts_are_shown_with_their_currency_s_decimals(amount: int, currency: str, text: str) -> None:
    assert shown(amount, currency) == text

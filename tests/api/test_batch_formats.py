"""Files of disbursements, read piece by piece: the same lines wherever a piece ends, and a word for what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.api.batch_formats import LONGEST_LINE, FileReader, MalformedFile, NotUtf8, RawLine, reader_for
from payments.api.batch_formats.csv_file import CsvFile
from payments.api.batch_formats.json_file import JsonFile
from payments.api.batch_formats.ndjson_file import NdjsonFile
from payments.api.batch_formats.pain001_file import NAMESPACE, Pain001File
from payments.api.refusals import UnsupportedMediaType

NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12).map(str.strip).filter(bool)
LINES = st.lists(
    st.fixed_dictionaries({"reference": st.from_regex(r"[a-z]{1,8}", fullmatch=True), "recipient_name": NAMES}),
    min_size=1,
    max_size=8,
)


def read(reader: FileReader, pieces: Iterable[bytes]) -> list[RawLine]:
    """All lines of a file that comes in pieces."""
    found: list[RawLine] = []
    for piece in pieces:
        found += reader.feed(piece)
    return [*found, *reader.end()]


def whole(make: Callable[[], Any], data: bytes) -> list[RawLine]:
    return read(make(), [data])


def cut(data: bytes, places: Iterable[int]) -> list[bytes]:
    """A file in pieces."""
    ends = sorted({each % (len(data) + 1) for each in places} | {len(data)})
    return [data[first:last] for first, last in zip([0, *ends], ends, strict=False)]


def quoted(text: str) -> str:
    doubled = text.replace('"', '""')
    return f'"{doubled}"'


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def as_csv(lines: list[dict[str, Any]]) -> str:
    rows = [f"{each['reference']},4000121111104242,1.00,{quoted(each['recipient_name'])}" for each in lines]
    return "\r\n".join(["reference,card_number,amount,recipient_name", *rows])


def as_pain001(lines: list[dict[str, Any]]) -> str:
    one = (
        "<CdtTrfTxInf><PmtId><EndToEndId>{reference}</EndToEndId></PmtId>"
        "<Cdtr><Nm>{recipient_name}</Nm></Cdtr></CdtTrfTxInf>"
    )
    inside = "".join(one.format(**{name: escaped(value) for name, value in each.items()}) for each in lines)
    return f'<Document xmlns="{NAMESPACE}"><CstmrCdtTrfInitn><PmtInf>{inside}</PmtInf></CstmrCdtTrfInitn></Document>'


WRITTEN: dict[Callable[[], Any], Callable[[list[dict[str, Any]]], str]] = {
    JsonFile: lambda lines: orjson.dumps({"sender": "snd_x", "lines": lines}).decode(),
    NdjsonFile: lambda lines: "\n".join(orjson.dumps(each).decode() for each in lines),
    CsvFile: as_csv,
    Pain001File: as_pain001,
}


@pytest.mark.parametrize("make", WRITTEN)
@given(lines=LINES, places=st.lists(st.integers(0, 10_000), max_size=6), mark=st.booleans())
def test_where_a_piece_ends_does_not_matter(
    make: Callable[[], Any], lines: list[dict[str, Any]], places: list[int], mark: bool
) -> None:
    data = (b"\xef\xbb\xbf" if mark else b"") + WRITTEN[make](lines).encode()
    found = read(make(), cut(data, places))
    assert [(each.fields["reference"], each.fields["recipient_name"]) for each in found] == [
        (each["reference"], each["recipient_name"]) for each in lines
    ]
    assert not any(each.problems for each in found)


@pytest.mark.parametrize("make", WRITTEN)
def test_byte_for_byte(make: Callable[[], Any]) -> None:
    lines = [{"reference": "one", "recipient_name": "Nora Ünlü"}, {"reference": "two", "recipient_name": "李梅"}]
    data = WRITTEN[make](lines).encode()
    found = read(make(), [bytes([each]) for each in data])
    assert [each.fields["recipient_name"] for each in found] == ["Nora Ünlü", "李梅"]


@pytest.mark.parametrize("make", WRITTEN)
@given(data=st.binary(max_size=200))
def test_no_bytes_are_too_strange(make: Callable[[], Any], data: bytes) -> None:
    try:
        whole(make, data)
    except (MalformedFile, NotUtf8):
        return


@pytest.mark.parametrize("make", WRITTEN)
def test_other_encodings_are_told(make: Callable[[], Any]) -> None:
    text = WRITTEN[make]([{"reference": "one", "recipient_name": "Zoë"}])
    with pytest.raises(NotUtf8, match="UTF-8"):
        whole(make, text.encode("latin-1"))
    with pytest.raises(NotUtf8, match="UTF-16"):
        whole(make, text.encode("utf-16"))


@pytest.mark.parametrize(
    ("make", "data"),
    [
        (JsonFile, b'{"lines": [{"reference": "x", "amount": 1'),
        (JsonFile, b'[{"reference": "x"}'),
        (JsonFile, b'[{"reference": "x"}] and more'),
        (JsonFile, b'[{"reference": "x"} {"reference": "y"}]'),
        (JsonFile, b'[{"reference": "x"},]'),
        (JsonFile, b"[1, 2]"),
        (JsonFile, b'"lines"'),
        (JsonFile, b'{"sender": "x"}'),
        (JsonFile, b'{"sender": "x", "sender": "y", "lines": []}'),
        (JsonFile, b'{"lines": {}}'),
        (JsonFile, b'{"lines": [], "sender": "x"}'),
        (JsonFile, b""),
        (JsonFile, b"[" * 100_000),
        (JsonFile, b'[{"a":' * 100_000),
        (JsonFile, b'[{"a": ' + b"9" * 5_000 + b"}]"),
        (JsonFile, b'[{"a": "' + b"x" * 3 * LONGEST_LINE),
        (CsvFile, b""),
        (CsvFile, b"reference,amount\n"),
        (CsvFile, b"reference,card_number,amount,recipient_name,iban\n"),
        (CsvFile, b"reference,reference,card_number,amount,recipient_name\n"),
        (CsvFile, b'reference,card_number,amount,recipient_name\nx,1,2,"open\n'),
        (Pain001File, b""),
        (Pain001File, b"<Document>"),
        (Pain001File, b"<Document/>"),
        (Pain001File, f'<Document xmlns="{NAMESPACE}"><CstmrCdtTrfInitn></Document>'.encode()),
        (Pain001File, b'<!DOCTYPE Document [<!ENTITY a "b">]><Document/>'),
        (Pain001File, b'<!DOCTYPE Document SYSTEM "file:///etc/passwd"><Document/>'),
        (Pain001File, (f'<Document xmlns="{NAMESPACE}">' + f'<a xmlns="{NAMESPACE}">' * 100).encode()),
    ],
)
def test_what_cannot_be_read_is_refused_whole(make: Callable[[], Any], data: bytes) -> None:
    with pytest.raises(MalformedFile):
        whole(make, data)


@pytest.mark.parametrize(
    ("make", "beginning", "endless"),
    [
        (JsonFile, b'[{"a": "', b"x" * 1_000),
        (NdjsonFile, b"", b"x" * 1_000),
        (CsvFile, b"reference,card_number,amount,recipient_name\n", b'"' + b"\n" * 999),
        (CsvFile, b"", b"x" * 1_000),
        (Pain001File, b"<Document a='", b"x" * 1_000),
        (Pain001File, f'<Document xmlns="{NAMESPACE}">'.encode(), b"x" * 1_000),
    ],
)
def test_what_never_ends_is_refused_before_it_fills_the_memory(
    make: Callable[[], Any], beginning: bytes, endless: bytes
) -> None:
    reader = make()
    reader.feed(beginning)
    pieces = [endless, *[endless.replace(b'"', b"x")] * (3 * LONGEST_LINE // len(endless))]
    with pytest.raises(MalformedFile):
        read(reader, pieces)


def test_csv_may_use_semicolons_and_quotes_and_any_order() -> None:
    text = 'amount;recipient_name;reference;card_number\n1.00;"Patel; ""Nora""\nAnn";r-1;4000121111\n\n2.00;x;r-2;4\n'
    first, second = whole(CsvFile, text.encode())
    assert first.number == 2
    assert first.fields["recipient_name"] == 'Patel; "Nora"\nAnn'
    assert (second.number, second.fields["amount"]) == (5, "2.00")


def test_csv_tells_of_lines_with_other_columns() -> None:
    found = whole(CsvFile, b"reference,card_number,amount,recipient_name\na,b\nr,4,1,Nora\na,b,c,d,e\n")
    assert [(each.number, [problem.code for problem in each.problems]) for each in found] == [
        (2, ["malformed_line"]),
        (3, []),
        (4, ["malformed_line"]),
    ]


def test_ndjson_goes_on_after_a_wrong_line() -> None:
    found = whole(NdjsonFile, b'{"reference": "a"}\n\n{"ref\n[1]\n{"reference": "b"}')
    assert [(each.number, len(each.problems)) for each in found] == [(1, 0), (3, 1), (4, 1), (5, 0)]


@pytest.mark.parametrize(
    ("content_type", "made"),
    [
        ("application/json", JsonFile),
        ("application/json; charset=UTF-8", JsonFile),
        ("", JsonFile),
        ("application/x-ndjson", NdjsonFile),
        ('text/csv; charset="utf-8"; header=present', CsvFile),
        ("Application/XML", Pain001File),
    ],
)
def test_the_media_type_says_what_it_is(content_type: str, made: type) -> None:
    assert isinstance(reader_for(content_type, ""), made)


@pytest.mark.parametrize(
    ("content_type", "encoding"), [("text/csv; charset=latin1", ""), ("image/png", ""), ("", "gzip")]
)
def test_other_media_types_are_refused(content_type: str, encoding: str) -> None:
    with pytest.raises(UnsupportedMediaType):
        reader_for(content_type, encoding)

"""SNS-87, our own network specification: which elements there are, how each is written, who carries which.

Formats are those of ISO 8583:1987 in the ``ascii`` encoding: hexadecimal bitmaps, printable ASCII data, class
b as hexadecimal characters. On its way between dataclass and bytes a message is a ``Form``: what stands under
``"39"`` is element 39, under ``"48.AR"`` its tag AR, under ``"t"`` the message type.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from iso8583.specs import default_ascii

from payments.kit.errors import Fault
from payments.switch.codes import FORMAT_ERROR

Form: TypeAlias = dict[str, str]

_READABLE: Final = {"t": r"\d{4}", "7": r"\d{10}", "11": r"\d{6}", "37": r"[A-Za-z0-9]{12}"}


class FormatError(Fault):
    """A message that SNS-87 does not allow: to be answered with response code 30.

    ``element`` is the number of the element at fault (0: the message type, 1: a bitmap). ``readable`` is what
    an answer may echo: message type ``t``, elements 7, 11 and 37, as far as they could be read. Neither says
    what the element at fault contained.
    """

    response_code: Final = FORMAT_ERROR

    def __init__(self, element: int, problem: str, form: Mapping[str, str] | None = None) -> None:
        """Name the element and the problem; ``form`` is what could be read of the message."""
        super().__init__(f"DE {element}: {problem}")
        self.element = element
        self.readable: Form = {}
        self.remember(form or {})

    def remember(self, form: Mapping[str, str]) -> None:
        """Keep what an answer may echo of ``form``."""
        for key, pattern in _READABLE.items():
            if re.fullmatch(pattern, form.get(key, ""), re.ASCII):
                self.readable[key] = form[key]


@dataclass(frozen=True, slots=True)
class Element:
    """One element: its name, its format as ISO 8583 writes it (``n..19``), its pattern, its full width."""

    name: str
    format: str
    pattern: re.Pattern[str]
    length_digits: int
    width: int


_ELEMENTS: Final = """
2 n..19 primary account number
3 n6 processing code
4 n12 transaction amount
5 n12 settlement amount
6 n12 cardholder billing amount
7 n10 transmission date and time
9 n8 settlement conversion rate
10 n8 cardholder billing conversion rate
11 n6 system trace audit number
12 n6 local transaction time
13 n4 local transaction date
14 n4 expiry date
15 n4 settlement date
16 n4 conversion date
18 n4 merchant category code
19 n3 acquirer country
22 n3 point of service entry mode
23 n3 card sequence number
25 n2 point of service condition
26 n2 PIN capture length
28 x+n8 transaction fee
32 n..11 acquiring institution
33 n..11 forwarding institution
35 z..37 track 2
37 an12 retrieval reference number
38 an6 approval code
39 an2 response code
41 ans8 card acceptor terminal
42 ans15 card acceptor
43 ans40 card acceptor name and place
44 ans..25 additional response data
45 ans..76 track 1
48 ans...999 private data
49 an3 transaction currency
50 an3 settlement currency
51 an3 cardholder billing currency
52 b8 PIN block
54 an...120 additional amounts
55 b...255 chip data
60 ans...999 reason
61 ans...999 point of service data
62 ans...999 network transaction id
63 ans...999 network data
64 b8 message authentication code
70 n3 network management code
74 n10 number of credits
75 n10 number of credit reversals
76 n10 number of debits
77 n10 number of debit reversals
86 n16 amount of credits
87 n16 amount of credit reversals
88 n16 amount of debits
89 n16 amount of debit reversals
90 n42 original data elements
95 an42 replacement amounts
97 x+n16 net settlement amount
100 n..11 receiving institution
102 ans..28 from account
103 ans..28 to account
104 ans...100 push payment data
108 ans...999 sender and recipient
123 ans...999 address data
126 ans...999 card verification data
128 b8 message authentication code
"""

# The elements that are a row of TLV-A fields (tag 2, length 3 digits, value), and our tags in them. A text
# may be in any script: one that is not printable ASCII, or begins with "=", is sent as "=" and the base 64 of
# its UTF-8, which costs less of an element's 999 characters than percent signs would.
TAGS: Final = {
    "48.TI": "rest of instant: year and microseconds that DE 7 has no room for",
    "48.OI": "rest of original instant: year and microseconds that DE 90 has no room for",
    "48.AC": "acquirer id: when it is not a number that fits DE 32",
    "48.DB": "decided by: member id",
    "48.AM": "acceptor's merchant id: when it does not fit DE 42",
    "48.AT": "acceptor's terminal: when it does not fit DE 41",
    "48.AN": "acceptor's name: when it does not fit DE 43",
    "48.AY": "acceptor's city: when it does not fit DE 43",
    "48.AK": "acceptor's country: when it does not fit DE 43",
    "48.AR": "acquirer reference number",
    "48.OA": "original acquirer reference number",
    "48.ES": "estimated: E when more may be captured",
    "48.WI": "settlement window",
    "48.IA": "interchange amount: minor units",
    "48.SF": "scheme fee amount: minor units",
    "48.RE": "release instant of a deferred credit: microseconds since 1970",
    "48.ST": "statement text",
    "48.TO": "further totals: currency, credits, debits",
    "48.OR": "original reply: itself in this form",
    "48.OS": "original reply's sender",
    "48.OV": "original reply's receiver",
    "48.OC": "origin: country of who would send",
    "48.EI": "issuer id",
    "48.EN": "issuer's name",
    "48.EC": "issuer's country",
    "48.EP": "card product",
    "48.EF": "card platform",
    "48.EB": "billing currency",
    "48.EW": "fast funds: B both, D domestic, C cross-border, N none",
    "48.ER": "reloadable",
    "48.EG": "gambling winnings allowed",
    "48.PD": "push, domestic",
    "48.PX": "push, cross-border",
    "48.LD": "pull, domestic",
    "48.LX": "pull, cross-border",
    "48.XB": "cross-border for who asks",
    "48.GB": "geo block for who asks",
    "48.PA": "push allowed for who asks",
    "48.LA": "pull allowed for who asks",
    "48.WY": "why no push is allowed",
    "48.FS": "funds within seconds",
    "48.FD": "funds within business days",
    "48.VC": "CVV result: M match, N no match",
    "48.VA": "address result: Y, A street only, Z postal code only, N, U unknown",
    "48.VN": "name result: 01 match, 02 partial, 03 no match",
    "48.VF": "first name result",
    "48.VM": "middle name result",
    "48.VL": "last name result",
    "48.QU": "quote",
    "48.QX": "quote expires at: microseconds since 1970",
    "48.QP": "payer's country",
    "48.QT": "recipient's country",
    "48.QM": "mid-market rate",
    "48.QB": "margin: basis points",
    "48.QA": "margin amount: minor units",
    "48.QR": "what the push must say of its parties",
    "104.BA": "business application id",
    "104.CH": "channel",
    "104.FS": "source of funds: when not prefunded",
    "108.SN": "sender's name",
    "108.SR": "sender's reference",
    "108.SG": "sender's region",
    "108.SZ": "sender's postal code",
    "108.SK": "sender's kind: when not a consumer",
    "108.RN": "recipient's name",
    "108.RR": "recipient's reference",
    "108.RG": "recipient's region",
    "108.RZ": "recipient's postal code",
    "108.RK": "recipient's kind: when not a consumer",
    "123.SA": "sender's address",
    "123.SY": "sender's city",
    "123.SC": "sender's country",
    "123.RA": "recipient's address",
    "123.RY": "recipient's city",
    "123.RC": "recipient's country",
    "123.AS": "holder's street",
    "123.AZ": "holder's postal code",
    "123.HF": "holder's first name",
    "123.HM": "holder's middle name",
    "123.HL": "holder's last name",
    "126.CV": "card verification value",
}
PRIVATE: Final = ("48", "104", "108", "123", "126")

_TIME: Final = r"([01]\d|2[0-3])[0-5]\d[0-5]\d"
_DATE: Final = r"((0[13578]|1[02])(0[1-9]|[12]\d|3[01])|(0[469]|11)(0[1-9]|[12]\d|30)|02(0[1-9]|[12]\d))"

# What the format alone would let through: calendar, and what this specification narrows. A number has at
# least 12 digits, so that a masked one hides something.
_NARROWED: Final = {
    "2": r"\d{12,19}",
    "7": _DATE + _TIME,
    "12": _TIME,
    "13": _DATE,
    "14": r"\d\d(0[1-9]|1[0-2])",
    "15": _DATE,
    "16": _DATE,
    "60": r"\d{4}[ -~]{0,995}",
    "90": rf"\d{{10}}{_DATE}{_TIME}\d{{22}}",
    "95": r"\d{24}([CD]\d{8}){2}",
}
_CLASSES: Final = {"n": r"\d", "an": "[A-Za-z0-9]", "ans": "[ -~]", "b": "[0-9A-Fa-f]"}


def _pattern(kind: str, shortest: int, longest: int) -> str:
    if kind == "x+n":
        return rf"[CD]\d{{{longest - 1}}}"
    if kind == "z":
        return rf"(?=.{{1,{longest}}}$)\d*[=D]\d*"
    return f"{_CLASSES[kind]}{{{shortest},{longest}}}"


def _element(number: str, form: str, name: str) -> Element:
    parts = re.fullmatch(r"(x\+n|ans|an|n|z|b)(\.*)(\d+)", form)
    assert parts is not None, form
    kind, dots = parts[1], len(parts[2])
    width = int(parts[3]) * (2 if kind == "b" else 1) + (kind == "x+n")
    pattern = _NARROWED.get(number) or _pattern(kind, 1 if dots else width, width)
    return Element(name, form, re.compile(pattern, re.ASCII), dots, width)


ELEMENTS: Final = {line.split()[0]: _element(*line.split(maxsplit=2)) for line in _ELEMENTS.strip().splitlines()}


def _codec(element: Element) -> dict[str, Any]:
    text = {"data_enc": "ascii", "len_enc": "ascii"}
    return text | {"len_type": element.length_digits, "max_len": element.width, "desc": element.name}


# pyiso8583's form of the table. Its own 1987 table stands behind ours, to find the end of elements we bar.
SPEC: Final[dict[str, dict[str, Any]]] = default_ascii | {
    number: _codec(element) for number, element in ELEMENTS.items()
}

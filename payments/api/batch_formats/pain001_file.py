"""ISO 20022 customer credit transfer initiation (pain.001.001.09): one line for each ``CdtTrfTxInf``.

The card stands where an account that is no IBAN does: ``CdtrAcct/Id/Othr/Id``. A document type declaration is refused,
and with it every entity: nothing in the file can refer to anything, here or elsewhere.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from xml.parsers import expat

from payments.acquirer.batch_check import LineProblem
from payments.api.batch_formats.reading import LONGEST_LINE, MalformedFile, RawLine, Reader
from payments.kit.errors import Refusal
from payments.kit.money import parse_major

NAMESPACE: Final = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"

_TRANSFER: Final = "Document/CstmrCdtTrfInitn/PmtInf/CdtTrfTxInf"
_HEADER: Final = "Document/CstmrCdtTrfInitn/GrpHdr"
_PLACES: Final[dict[str, tuple[str, ...]]] = {
    "PmtId/EndToEndId": ("reference",),
    "Amt/InstdAmt": ("amount",),
    "Cdtr/Nm": ("recipient_name",),
    "CdtrAcct/Id/Othr/Id": ("card", "number"),
    "Purp/Prtry": ("business_application",),
    "RmtInf/Ustrd": ("statement_text",),
}
_NUMBER, _SUM = f"{_HEADER}/NbOfTxs", f"{_HEADER}/CtrlSum"
_DEEPEST: Final = 32
_LONGEST_ID: Final = 35


class Pain001File(Reader):
    """Reads pain.001.001.09; what else the standard allows is passed over."""

    format = "pain.001"
    major = True
    names: Mapping[str, str] = {".".join(place): path for path, place in _PLACES.items()} | {
        "currency": "Amt/InstdAmt/@Ccy"
    }

    def __init__(self) -> None:
        """Start at the beginning of a file."""
        super().__init__()
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._stop
        self._parser.CharacterDataHandler = self._characters
        self._parser.StartDoctypeDeclHandler = _no_doctype
        self._path: list[str] = []
        self._text = ""
        self._since = 0
        self._fields: dict[str, Any] = {}
        self._said: dict[str, str] = {}
        self._found: list[RawLine] = []
        self._number = 0

    def feed(self, data: bytes) -> Sequence[RawLine]:
        """Take the next piece and return the transfers that are whole."""
        return self._parse(self._utf8.text(data), final=False)

    def end(self) -> Sequence[RawLine]:
        """Return what is left. Raises ``MalformedFile`` when the document does not end."""
        return self._parse(self._utf8.text(b"", final=True), final=True)

    def disagreements(self, count: int, total: int, currency: str) -> Sequence[LineProblem]:
        """Return where the number of transactions or the control sum of the header is wrong."""
        found = []
        number, control_sum = self._said.get(_NUMBER), self._said.get(_SUM)
        if number is not None and number != str(count):
            problem = f"The header says otherwise than the file: it has {count:,} transactions."
            found.append(LineProblem("GrpHdr/NbOfTxs", "number_of_transactions_differs", problem))
        if control_sum is not None and _minor(control_sum, currency) != total:
            problem = "The header's control sum is not the sum of the amounts."
            found.append(LineProblem("GrpHdr/CtrlSum", "control_sum_differs", problem))
        return found

    def _parse(self, text: str, final: bool) -> Sequence[RawLine]:
        self._since += len(text)
        try:
            self._parser.Parse(text, final)
        except expat.ExpatError as error:
            raise MalformedFile(f"Line {error.lineno} is not XML: {expat.errors.messages[error.code]}.") from None
        if self._since > LONGEST_LINE + len(text):
            raise MalformedFile(f"On line {self._parser.CurrentLineNumber} there is something that does not end.")
        found, self._found = self._found, []
        return found

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._since = 0
        namespace, _, local = name.rpartition(" ")
        if namespace != NAMESPACE:
            raise MalformedFile(f"Every element is of {NAMESPACE}.")
        self._path.append(local)
        self._text = ""
        if len(self._path) > _DEEPEST:
            raise MalformedFile("This goes deeper than the standard does.")
        path = "/".join(self._path)
        if path == _TRANSFER:
            self._fields = {}
        elif path == f"{_TRANSFER}/Amt/InstdAmt":
            self._fields["currency"] = attributes.get("Ccy", "")

    def _stop(self, _: str) -> None:
        self._since = 0
        path, text = "/".join(self._path), self._text.strip()
        self._path.pop()
        self._text = ""
        if path == _TRANSFER:
            self._number += 1
            self._found.append(RawLine(self._number, self._fields))
        elif path.startswith(f"{_TRANSFER}/"):
            self._note(path.removeprefix(f"{_TRANSFER}/"), text)
        elif path == f"{_HEADER}/MsgId":
            self.label = text[:_LONGEST_ID]
        elif path in (_NUMBER, _SUM):
            self._said[path] = text

    def _note(self, path: str, text: str) -> None:
        if path in _PLACES and text:
            *inside, name = _PLACES[path]
            (self._fields.setdefault(inside[0], {}) if inside else self._fields)[name] = text

    def _characters(self, text: str) -> None:
        self._text += text
        if len(self._text) > LONGEST_LINE:
            raise MalformedFile(f"On line {self._parser.CurrentLineNumber} there is something that does not end.")


def _no_doctype(*_: object) -> None:
    raise MalformedFile("A document type declaration is not taken.")


def _minor(text: str, currency: str) -> int | None:
    try:
        return parse_major(text, currency).amount
    except Refusal:
        return None

"""Files of disbursements: each format as a reader that is fed bytes as they come, and gives lines as they are whole.

None of them keeps more than a piece of the file: the longest line may have 64 kB.
"""

from collections.abc import Callable
from typing import Final

from payments.api.batch_formats.csv_file import CsvFile
from payments.api.batch_formats.json_file import JsonFile
from payments.api.batch_formats.ndjson_file import NdjsonFile
from payments.api.batch_formats.pain001_file import Pain001File
from payments.api.batch_formats.reading import LONGEST_LINE, FileReader, MalformedFile, NotUtf8, RawLine
from payments.api.refusals import UnsupportedMediaType

__all__ = ["FORMATS", "LONGEST_LINE", "FileReader", "MalformedFile", "NotUtf8", "RawLine", "reader_for"]

FORMATS: Final[dict[str, Callable[[], FileReader]]] = {
    "application/json": JsonFile,
    "application/x-ndjson": NdjsonFile,
    "application/jsonl": NdjsonFile,
    "text/csv": CsvFile,
    "application/xml": Pain001File,
    "text/xml": Pain001File,
}
"""By media type: what reads such a file."""


def reader_for(content_type: str, content_encoding: str) -> FileReader:
    """Return what reads a body with these headers. Raises ``UnsupportedMediaType``."""
    media_type, _, parameters = content_type.lower().partition(";")
    charset = parameters.partition("charset=")[2].partition(";")[0].strip(' "')
    if charset not in ("", "utf-8", "utf8") or content_encoding not in ("", "identity"):
        raise UnsupportedMediaType("Send the file in UTF-8, and not compressed.")
    known = FORMATS.get(media_type.strip() or "application/json")
    if known is None:
        raise UnsupportedMediaType(f"Send one of {', '.join(FORMATS)}.")
    return known()

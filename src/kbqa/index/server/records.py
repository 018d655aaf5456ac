"""Bytes as records of a Chroma collection, within what Chroma Cloud takes, and back.

The bytes stand in metadata, as base64. In documents they would be indexed as text: 600 documents of 16 KiB took a
server 50 s, the same bytes in metadata 2.5 s, and deleting them 49 s and 0.3 s.
"""

import base64
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

# https://docs.trychroma.com/cloud/quotas-limits, read in November 2026; a server of one's own takes more.
RECORDS_A_WRITE: Final = 300
RECORDS_A_READ: Final = 300
VALUE_BYTES: Final = 4096
KEYS_A_RECORD: Final = 32

_KEYS: Final = tuple(f"b{number:02}" for number in range(24))
"""Fewer than there may be: room for what others put there."""
_RAW: Final = VALUE_BYTES // 4 * 3
"""Bytes that fill one value as base64."""
RECORD_BYTES: Final = _RAW * len(_KEYS)
"""Bytes in a full record."""
RECORDS_AT_ONCE: Final = 40
"""Records of bytes that go over the wire in one request: 4 MB; a server refuses requests above 40 MB."""

Metadata = Mapping[str, Any]


def records_for(size: int) -> int:
    """How many records `size` bytes take; none takes none."""
    return -(-size // RECORD_BYTES)


def packed(data: bytes) -> Iterator[dict[str, str]]:
    """The metadata of each record that `data` takes, in order."""
    for start in range(0, len(data), RECORD_BYTES):
        block = data[start : start + RECORD_BYTES]
        values = (block[at : at + _RAW] for at in range(0, len(block), _RAW))
        yield {key: base64.b64encode(value).decode() for key, value in zip(_KEYS, values, strict=False)}


def unpacked(records: Iterable[Metadata]) -> Iterator[bytes]:
    """What `packed` was given, record by record.

    Raises:
        ValueError, TypeError: a value is no base64.
    """
    for record in records:
        yield b"".join(base64.b64decode(record[key], validate=True) for key in _KEYS if key in record)

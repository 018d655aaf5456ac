"""Bytes as records: the same when read back, and within the quotas of Chroma Cloud."""

import pytest

from kbqa.index.server.records import KEYS_A_RECORD, RECORD_BYTES, VALUE_BYTES, packed, records_for, unpacked


@pytest.mark.parametrize("size", [0, 1, 3072, 3073, RECORD_BYTES - 1, RECORD_BYTES, RECORD_BYTES + 1, 3 * RECORD_BYTES])
def test_bytes_come_back(size: int) -> None:
    """Whatever the bytes, in as many records as are counted beforehand."""
    data = bytes(number * number % 251 for number in range(size))
    records = list(packed(data))
    assert len(records) == records_for(size)
    assert b"".join(unpacked(records)) == data


def test_a_record_keeps_the_quotas() -> None:
    """A full record has no value and no more keys than the cloud takes; its keys are short."""
    (record,) = packed(bytes([255]) * RECORD_BYTES)
    assert len(record) <= KEYS_A_RECORD
    assert max(map(len, record.values())) == VALUE_BYTES
    assert max(map(len, record)) <= 36


def test_what_is_no_base64_is_refused() -> None:
    """A damaged value is not read as something else."""
    with pytest.raises(ValueError, match="ASCII"):
        list(unpacked([{"b00": "не то"}]))

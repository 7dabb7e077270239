"""Answers that are kept: of one version, and within bounds."""

from __future__ import annotations

import pytest

from gorev.services.kept import LARGEST_BYTES, LIMIT_BYTES, Kept


@pytest.mark.parametrize(("address_bytes", "answer_bytes"), [(20, 60), (10_000, 60), (20, 50_000)])
def test_what_is_kept_takes_no_more_than_its_limit(address_bytes: int, answer_bytes: int) -> None:
    kept: Kept[bytes] = Kept(lambda: 1)
    _, as_of = kept.find(b"")
    addresses = [
        b"%0*d" % (address_bytes, number) for number in range(2 * LIMIT_BYTES // (address_bytes + answer_bytes))
    ]
    for address in addresses:
        kept.keep(address, b"", answer_bytes, as_of)
    found = sum(kept.find(address)[0] is not None for address in addresses)
    # An answer's head and what holds it take about 900 bytes.
    assert 0 < found <= LIMIT_BYTES / (address_bytes + answer_bytes + 800)


def test_what_was_read_of_another_version_is_not_kept() -> None:
    versions = iter([1, 2, 2])
    kept: Kept[bytes] = Kept(lambda: next(versions))
    _, first = kept.find(b"/a")
    kept.find(b"/b")
    kept.keep(b"/a", b"old", 3, first)
    assert kept.find(b"/a") == (None, 2)


def test_nothing_is_kept_while_the_version_cannot_be_told() -> None:
    versions = iter([1, None, 1])
    kept: Kept[bytes] = Kept(lambda: next(versions))
    kept.keep(b"/a", b"answer", 6, kept.find(b"/a")[1])
    assert kept.find(b"/a") == (None, None)
    kept.keep(b"/a", b"answer", 6, None)
    assert kept.find(b"/a") == (None, 1)


def test_a_very_large_answer_is_not_kept() -> None:
    kept: Kept[bytes] = Kept(lambda: 1)
    kept.keep(b"/a", b"", LARGEST_BYTES + 1, kept.find(b"/a")[1])
    assert kept.find(b"/a")[0] is None

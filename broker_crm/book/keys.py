"""Keys of the book's rows: UUIDv7 in shape and in order, and the same again for the same seed and day."""

import datetime
import hashlib


class Keys:
    """Keys for the rows of one customer, each after the one before.

    The time is the eve of the book's day and a millisecond more for each customer; then a count, so that rows lie in
    the indices in the order in which they are written; then bits that follow from the seed.
    """

    def __init__(self, *, seed: int, on: datetime.date, number: int) -> None:
        time = f"{_milliseconds(on) + number:012x}"
        self._head = f"{time[:8]}-{time[8:]}-7"
        self._tail = _digest(f"{seed} {number}")[:12]
        self._count = -1

    def __call__(self) -> str:
        """The next key. There are 16 million."""
        self._count += 1
        count = f"{self._count:06x}"
        # The count goes around the two bits that say what kind of key it is: 12 bits before them, 12 after.
        return f"{self._head}{count[:3]}-8{count[3:]}-{self._tail}"


def key_named(name: str, *, seed: int, on: datetime.date) -> str:
    """The key of something that customers share, such as an insurer."""
    time, digest = f"{_milliseconds(on):012x}", _digest(f"{seed} {name}")
    return f"{time[:8]}-{time[8:]}-7{digest[:3]}-8{digest[3:6]}-{digest[6:18]}"


def _milliseconds(on: datetime.date) -> int:
    eve = datetime.datetime.combine(on - datetime.timedelta(days=1), datetime.time(), tzinfo=datetime.UTC)
    return int(eve.timestamp()) * 1000


def _digest(words: str) -> str:
    return hashlib.blake2b(words.encode(), digest_size=9).hexdigest()

"""Keys that come out the same for the same seed and day, so that links into a demo book keep working."""

import datetime
import random
import uuid


class Keys:
    """Makes UUIDv7 keys whose time is counted from the eve of the book's day and whose random part follows a seed.

    They sort in the order they were made, like the keys of rows that people add.
    """

    def __init__(self, *, seed: int, on: datetime.date) -> None:
        self._random = random.Random(f"keys {seed} {on}")  # noqa: S311  nothing here is a secret
        eve = datetime.datetime.combine(on - datetime.timedelta(days=1), datetime.time(), tzinfo=datetime.UTC)
        self._milliseconds = int(eve.timestamp()) * 1000

    def __call__(self) -> uuid.UUID:
        """The next key."""
        self._milliseconds += 1
        octets = bytearray(self._milliseconds.to_bytes(6, "big") + self._random.randbytes(10))
        octets[6] = octets[6] & 0x0F | 0x70
        octets[8] = octets[8] & 0x3F | 0x80
        return uuid.UUID(bytes=bytes(octets))

"""UUIDv7 keys: sortable by time, made in Python for the ORM and in the database for SQL and COPY."""

import os
import time
import uuid

from django.db import models


class UUIDv7(models.Func):
    """The database's own generator, as the default of a column."""

    function = "uuidv7"
    output_field = models.UUIDField()


def uuid7() -> uuid.UUID:
    """A new UUIDv7. Ordered to the millisecond, random within it (RFC 9562, section 5.7)."""
    octets = bytearray((time.time_ns() // 10**6).to_bytes(6, "big") + os.urandom(10))
    octets[6] = octets[6] & 0x0F | 0x70
    octets[8] = octets[8] & 0x3F | 0x80
    return uuid.UUID(bytes=bytes(octets))

"""Files of claims: how they read, what bringing one in would do, and writing it."""

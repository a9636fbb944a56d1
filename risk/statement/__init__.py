"""A statement of values as people give it, in a grid, pasted or in a file: read, compared with the book, written."""

"""Open Exposure Data files: read, checked against the book as a plan, and loaded exactly as planned.

`reading` takes a file apart, `cells` makes values of its cells, `accounts` and `locations` make rows of ours of them,
`planning` compares those with the book, `loading` writes what was planned.
"""

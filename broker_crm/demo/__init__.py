"""The demo book: an invented brokerage with its offices, people, customers, insurers and policies.

`manage.py load_demo --seed 2026 --on 2026-11-23` fills an empty database with it. The same seed and day give the same
rows with the same keys; every date in the book is counted from that day, so a book loaded today has renewals due today.

- `people.py`: who can sign in, for the sign-in page and for `make run` (no models, cheap to import)
- `vocabulary.py`, `industries.py`, `data/`: the words and figures that customers are made of
- `book.py`: collects the rows of a book in memory; `programmes.py` writes policies into it
- `registers.py`: the risks of customers, with their controls
- `ordinary.py`: the many customers; `showcase.py`: those that each show one thing well
- `loading.py`: puts the book into the database, all or nothing
"""

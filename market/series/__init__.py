"""Dated series from files: exchange rates and value indices, in our own long form or as publishers give them.

`reading.py` turns a file into points, `rates.py` and `indices.py` know the forms, `services/series_imports.py` compares
the points with what is there and writes the difference.
"""

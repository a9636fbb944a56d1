"""Building blocks of the screen that need Python: charts drawn as SVG, and the gallery of components."""

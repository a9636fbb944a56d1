"""Charts as plain data: pure functions work out every coordinate and text, a template only writes them down as SVG."""

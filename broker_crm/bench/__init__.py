"""Measuring: how long the sums over a whole book take, as a ratio to the least that such work could cost."""

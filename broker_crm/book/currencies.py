"""The currencies of the book: sizes of made-up amounts, and the rates that a database without any is given."""

PER_HONG_KONG_DOLLAR = {
    "HKD": 1.0,
    "USD": 0.128,
    "SGD": 0.165,
    "TWD": 4.0,
    "CNY": 0.91,
    "JPY": 20.0,
    "EUR": 0.111,
    "GBP": 0.096,
}
"""Rough units of a currency for one Hong Kong dollar: sizes made-up amounts, converts nothing."""

FOREIGN = ("USD", "USD", "EUR", "GBP", "JPY")
"""In which a customer here and there insures or values something, the commonest named twice."""

PER_US_DOLLAR = {
    "HKD": "7.80",
    "SGD": "1.29",
    "TWD": "31.2",
    "CNY": "7.11",
    "JPY": "155.4",
    "EUR": "0.868",
    "GBP": "0.752",
}
"""Invented rates."""

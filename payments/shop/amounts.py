"""Amounts as people read them, and the one rounding rule the shop's own reckoning needs."""

DECIMALS = {"BHD": 3, "JOD": 3, "KWD": 3, "OMR": 3, "TND": 3, "JPY": 0, "KRW": 0, "CLP": 0, "VND": 0}
"""ISO 4217 currencies whose minor unit is not a hundredth."""


def shown(amount: int, currency: str) -> str:
    """Return ``amount`` minor units as ``10,000.00 USD``."""
    return f"{figure(amount, currency)} {currency}"


def figure(amount: int, currency: str) -> str:
    """Return ``amount`` minor units as ``10,000.00``, without its currency."""
    decimals = DECIMALS.get(currency, 2)
    units, rest = divmod(abs(amount), 10**decimals)
    sign = "−" if amount < 0 else ""
    return f"{sign}{units:,}.{rest:0{decimals}d}" if decimals else f"{sign}{units:,}"


def share(amount: int, part: int, whole: int) -> int:
    """Return ``amount * part / whole``, rounded half to even."""
    quotient, rest = divmod(amount * part, whole)
    return quotient + (2 * rest > whole or (2 * rest == whole and quotient % 2 == 1))

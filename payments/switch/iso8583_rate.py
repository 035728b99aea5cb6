"""Rates of exchange as ISO 8583 writes them (DE 10): eight digits for a decimal such as 0.9144895."""


def put_rate(rate: str) -> str:
    """Write a decimal as DE 10 has it: how many of the seven digits are decimals, then the digits.

    Raises ``ValueError`` for one that it has no room for.
    """
    whole, _, decimals = rate.partition(".")
    digits = f"{int(whole + decimals):07}"
    if len(digits) > 7 or len(decimals) > 9:
        raise ValueError("more than DE 10 has room for")
    return f"{len(decimals)}{digits}"


def get_rate(value: str) -> str:
    """Return the decimal that DE 10 says."""
    decimals, digits = int(value[0]), value[1:].lstrip("0")
    digits = digits.rjust(decimals + 1, "0")
    return f"{digits[:-decimals]}.{digits[-decimals:]}" if decimals else digits

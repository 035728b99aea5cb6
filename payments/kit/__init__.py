"""The ground of the house: what every other part stands on, and what knows none of them."""

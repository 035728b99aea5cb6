"""The card network: routes, numbers, records, prices and settles between its members."""

"""The ledger: accounts, transfers, statements. Double entry, and nothing else: nothing here knows a card."""

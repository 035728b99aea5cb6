"""The payments sandbox: card money that moves between banks that keep books, in both directions."""

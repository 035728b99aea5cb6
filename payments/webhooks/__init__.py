"""Webhooks: tells a merchant's own program what happened, signed, again and again until it has heard."""

"""The cardholder's bank: decides, holds, posts, credits and notifies."""

"""The rails: carries a message to a member and brings the reply."""

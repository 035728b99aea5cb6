"""The merchant's and sender's bank: asks, captures, presents, refunds, disburses and pays merchants out."""

"""The Visa Direct door: Visa's wire contract, carried out by the flows of our own banks.

What Visa calls a request is written down here under a status identifier (``submission.py``), then handed to the flow
that does it (``flows.py``); how far that has come is read from what the flow made. The documented fields of every
request and answer are data (``fields/*.json``). Where nothing is published, what is done here is ours and said so.
"""

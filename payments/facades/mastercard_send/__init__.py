"""The Mastercard Send door: Mastercard's wire contract, both generations of it, carried out by the flows of our banks.

A request is let in (``entrance.py``: whose it is, signed by whom, encrypted or not), read (``v1_shapes.py``,
``v2_shapes.py``), written down under the partner's reference (``instruction.py``), handed to a flow (``flows.py``) and
answered in its generation's words (``v1_replies.py``, ``v2_replies.py``). Codes and what stands behind them are data
(``codes.json``). Where nothing is published, what is done here is ours and said so.
"""

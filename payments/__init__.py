"""The payments sandbox: card money that moves between banks that keep books, in both directions.

Who does it is a folder, what the trade calls it is a file::

                      acquirer/                network/                 issuer/
    authorization.py  asks, voids, gives up    routes, numbers, records decides, holds, reverses
    reversal.py       repeats until answered   passes on, takes back    (authorization)
    capture.py        takes what is authorized
    clearing.py       presents                 prices, forwards, books  matches the hold, posts
    refund.py         accepts, presents        (clearing carries it)    credits
    disbursement.py   pushes to a card (OCT)   routes, prices, books    credits the cardholder
    quoting.py        asks for a rate          locks it, converts by it
    funding.py        pulls to fund (AFT)      routes, prices, books    debits the cardholder
    transfer.py       pulls, then pushes
    enquiry.py        asks what became of it   answers from its records answers from its records
    settlement.py     books its totals         nets the window          books its totals
    payout.py         pays the merchant
    expiry.py         closes the payment                                lets the hold go
    inbox.py          message → flow           message → flow           message → flow

``bank/`` keeps the members' reserves and the merchants' accounts. Below them lie the rails, ``switch/`` (messages),
``ledger/`` (accounts, transfers) and ``webhooks/``, and the ground, ``kit/``; above them the doors, ``api/``,
``jobs/``, ``verify/`` and ``seed/``, then ``app.py`` and ``cli/``. Imports run only downwards.
"""

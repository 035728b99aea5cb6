"""The page: watch a payment happen. It shows what the events say, and knows nothing else.

``routes`` serves the page and its files, ``stream`` the events as they happen, ``story`` everything about one payment,
``snapshot`` every balance at one event. What the page then draws, it computes by itself from these (``static/``).
"""

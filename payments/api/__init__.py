"""Our own HTTP API: one file per resource, the shapes of its requests and replies beside the routes.

A route reads the request, starts a flow or a query, and renders the result. What only looks (``GET``) reads a snapshot;
what moves money is answered with the bytes that are also kept for whoever repeats the request.
"""

"""The shop: a mock merchant and a city's relief desk. They speak HTTP and import nothing of the house."""

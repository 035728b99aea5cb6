"""Other people's wire contracts onto our flows, one folder each."""

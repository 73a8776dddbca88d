"""Recognisers from pixels made from labelled clips."""

"""Labelled pictures in any form: read, looked over for faults, and learnt from."""

"""Labelled images in any form: read, looked over for faults, and learnt from."""

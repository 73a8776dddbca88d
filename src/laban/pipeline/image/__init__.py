"""Labelled images in any form: reading, audits, and training."""

"""Drawings of a workflow and of where a case stands in it."""

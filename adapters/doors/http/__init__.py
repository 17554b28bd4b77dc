"""The machine API over HTTP."""

"""The `liaison` command. It speaks the HTTP API, as anybody does: to the running process, or to the same application here."""

"""The gate to release: cells of a response, what follows from them, the ledger and the audit."""

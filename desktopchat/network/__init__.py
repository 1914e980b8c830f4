"""The only part of the program that opens connections. Each has a purpose and stands in the ledger."""

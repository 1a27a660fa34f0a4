"""The obligation ledger: what is due from whom, with its evidence."""

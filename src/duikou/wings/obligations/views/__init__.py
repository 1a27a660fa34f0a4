"""Pages of the ledger. Rooms: `ledger` (list), `detail`, `acts`, `calendar`, `progress`, `people`."""

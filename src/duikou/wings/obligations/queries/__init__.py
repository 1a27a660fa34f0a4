"""Every read of this wing. Rooms: `ledger` (lists and one obligation), `waiting` (who has to do what),
`progress` (which duties lag), `calendar`, `people`."""

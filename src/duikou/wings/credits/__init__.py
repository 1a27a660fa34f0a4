"""Credits and certificates: CME-01, service before promotion."""

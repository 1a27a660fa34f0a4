"""Three-year plans, year tasks, the four ones, gaps of specialties."""

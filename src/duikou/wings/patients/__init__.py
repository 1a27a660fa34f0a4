"""Patients shared between hospitals: one record each, consents, emergency access, every look recorded."""

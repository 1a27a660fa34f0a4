"""Referrals: services, tiers, the way of a patient up and down, clocks on both sides, numbers."""

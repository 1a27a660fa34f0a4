"""Pages of the referrals wing."""

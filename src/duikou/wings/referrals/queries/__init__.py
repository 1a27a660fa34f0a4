"""Every read of the referrals wing, scoped to the actor."""

"""People posted down: requests, nominations, eligibility, arrival, leave, return, conduct."""

"""Check-in, daily work, weekly confirmation; on a phone, also without a link."""

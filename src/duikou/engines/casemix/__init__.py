"""From inpatient front pages (住院病案首页) to groups, indicators and each county's needs."""

"""Forms of the chart: one per kind of statement, each turning into the body its room writes."""

"""Tables as files for people: columns with their labels, CSV, XLSX. Knows the contracts, and no chassis."""

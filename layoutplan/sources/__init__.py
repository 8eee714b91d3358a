"""The doors: files of all kinds become plain tables under our own column names."""

"""The sample county (样例): an invented office in the real institutions of the county, as data and its reader."""

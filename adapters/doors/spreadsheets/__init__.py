"""Events from workbooks: XLSX and CSV, with the headers that `event-types` lists."""

"""The roster as a workbook that an office keeps: read with an error for each row, and written so that it reads back."""

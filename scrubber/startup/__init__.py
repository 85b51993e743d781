"""Set-up of the program's own processes; light."""

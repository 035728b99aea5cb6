"""The settlement bank: keeps the members' reserves and the merchants' bank accounts."""

"""Training by several processes, on one machine or many, that exchange what they learn."""

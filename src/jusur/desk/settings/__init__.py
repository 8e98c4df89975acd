"""What a bureau's administrator sets, and the guide of the first hour."""

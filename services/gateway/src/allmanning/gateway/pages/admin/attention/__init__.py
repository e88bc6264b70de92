"""What an administrator should deal with today, read from the services that know."""

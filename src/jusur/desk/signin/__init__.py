"""Sign-in, second factors, invitations, sessions, officers."""

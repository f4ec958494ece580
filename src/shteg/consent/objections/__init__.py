"""Objections of members to candidates: how often they begin, how fast they end."""

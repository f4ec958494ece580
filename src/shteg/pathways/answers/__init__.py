"""Answers built on the simulation: shares of measures, blocking sets, tornado, value of information, routes."""

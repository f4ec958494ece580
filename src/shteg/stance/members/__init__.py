"""Stances of members from their dated public acts: a graded probit with stances that move."""

"""What the evidence holds of one thing, as pages and files print it: the record of a member, the tab book of a wave."""

"""Roll calls: votes of legislators or states, and the positions they reveal."""

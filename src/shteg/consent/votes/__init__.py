"""The link from stance to consent, learnt from votes on membership elsewhere."""

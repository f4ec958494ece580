"""Whether members consent: objections that begin and end, and the link from stance to consent."""

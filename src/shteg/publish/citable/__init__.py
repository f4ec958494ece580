"""What makes a publication citable and findable: references, descriptions for machines, feeds, pictures to share."""

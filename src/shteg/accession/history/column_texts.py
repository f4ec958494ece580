"""What columns that many tables have mean, said once."""

STEP = "Step of the ladder."
COUNTRY = "Country (ISO 3166-1 alpha-3)."
MEMBER = "Member of the organisation (ISO 3166-1 alpha-3)."
SOURCE = "Source of the date."
GRADE = "Admiralty grade of the source."
LOW_END, HIGH_END = "Lower end of its 90 % interval.", "Upper end of its 90 % interval."

"""The reference class: countries that had waited as long for the same step, held up by a member or not."""

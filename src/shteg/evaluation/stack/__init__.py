"""The stack: parts that forecast the same questions, weighed by how well they did on those resolved before."""

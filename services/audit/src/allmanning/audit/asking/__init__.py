"""What whoever asked does with an answer: says whether it helped, asks for a person, asks for erasure."""

"""Who a person is: accounts, their proofs (password, passkey, code, another's sign-in), and sessions."""

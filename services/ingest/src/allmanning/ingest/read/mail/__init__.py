"""Mail and its attachments: EML and MSG."""

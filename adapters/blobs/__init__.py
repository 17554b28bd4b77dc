"""Where the sealed bytes of attachments lie: in files of this machine, or in an S3 store of the office."""

"""xAI: Grok Imagine videos over gRPC. A video is started once and asked for until it is done."""

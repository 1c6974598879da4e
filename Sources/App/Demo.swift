package func makeDemo(_ installation: Installation) async throws { say("demo is being built") }

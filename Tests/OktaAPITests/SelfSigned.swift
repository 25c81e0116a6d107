import NIOSSL

/// A certificate for `localhost` and `tenant.muster.test` that no authority has signed, made for these tests alone.
enum SelfSigned {
    static func make() throws -> (NIOSSLContext, String) {
        let configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMBytes(Array(certificate.utf8)).map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(key.utf8), format: .pem)))
        return (try NIOSSLContext(configuration: configuration), certificate)
    }

    private static let certificate = """
        -----BEGIN CERTIFICATE-----
        MIIBdTCCARugAwIBAgIBATAKBggqhkjOPQQDAjAUMRIwEAYDVQQDDAlsb2NhbGhv
        c3QwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMBQxEjAQBgNVBAMM
        CWxvY2FsaG9zdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABNcEeFeUszjGQmUp
        FmG/dNzWCEtB0iQwG0Lxg+E1XnjrZDe9q2rZQo9L8VyPxWH+On7Iha+nYLATP9v+
        QHC2hFKjXDBaMCgGA1UdEQQhMB+CCWxvY2FsaG9zdIISdGVuYW50Lm11c3Rlci50
        ZXN0MA8GA1UdEwEB/wQFMAMBAf8wHQYDVR0OBBYEFJQX5iYvJzTMt2M38yxER10l
        05U0MAoGCCqGSM49BAMCA0gAMEUCIQCUWJGhIB/PV6Iby/D4QWrOB58ef79soRQ5
        bUsCPF4viQIgVfHI+iWOgJJYYBRbpbexjz9Ti9oCsW9VpeTWnJy1hMo=
        -----END CERTIFICATE-----
        """

    private static let key = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg/n0Oe86m8a4GQCr5
        KP9o7DnppPhp8El5a6VXpSB7YCmhRANCAATXBHhXlLM4xkJlKRZhv3Tc1ghLQdIk
        MBtC8YPhNV5462Q3vatq2UKPS/Fcj8Vh/jp+yIWvp2CwEz/b/kBwtoRS
        -----END PRIVATE KEY-----
        """
}

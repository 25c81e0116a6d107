import NIOSSL

/// A certificate for `localhost` that no authority has signed, made for these tests alone.
enum SelfSigned {
    static func make() throws -> (NIOSSLContext, String) {
        let configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMBytes(Array(certificate.utf8)).map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(key.utf8), format: .pem)))
        return (try NIOSSLContext(configuration: configuration), certificate)
    }

    private static let certificate = """
        -----BEGIN CERTIFICATE-----
        MIIBljCCATugAwIBAgIULFFuWxsXMT9+N3CX75pQvsWbpdIwCgYIKoZIzj0EAwIw
        FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMjA2NTkzMFoYDzIxMjYxMDI5
        MDY1OTMwWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
        PQMBBwNCAASQ5ASFNS2prB3uqz5r36M5uKVf2h44o5wPT3KabOevDnE0Nrr7aYN3
        uMqDxz6v396MY+wDB4yFvHx0THGfa+N0o2kwZzAdBgNVHQ4EFgQUtLcWECmMoluY
        W/UUwYo+TBgc2GkwHwYDVR0jBBgwFoAUtLcWECmMoluYW/UUwYo+TBgc2GkwDwYD
        VR0TAQH/BAUwAwEB/zAUBgNVHREEDTALgglsb2NhbGhvc3QwCgYIKoZIzj0EAwID
        SQAwRgIhAI28WxO/F3/JtwPu5BMXsI4agpHgblY14v29I0E/Ddy/AiEA/oW/KK45
        EDG9LQsR0LaCSpSyoNh0OcxcRERC5JOsPgk=
        -----END CERTIFICATE-----
        """

    private static let key = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg3MP45T0isZ0Iq9Bo
        Zy2rqI2F8uzF6CttiN6yAsynLVShRANCAASQ5ASFNS2prB3uqz5r36M5uKVf2h44
        o5wPT3KabOevDnE0Nrr7aYN3uMqDxz6v396MY+wDB4yFvHx0THGfa+N0
        -----END PRIVATE KEY-----
        """
}

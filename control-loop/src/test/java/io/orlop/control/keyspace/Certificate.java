package io.orlop.control.keyspace;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;

/// A key, and the certificate for 127.0.0.1 that it signed itself, as files of PEM; made by the JDK's tool.
record Certificate(Path chain, Path key) {
    private static final String PASSWORD = "changeit";

    static Certificate make(Path directory, String name)
            throws IOException, InterruptedException, GeneralSecurityException {
        Path store = directory.resolve(name + ".p12");
        Process tool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keyalg",
                        "EC",
                        "-alias",
                        "one",
                        "-dname",
                        "CN=" + name,
                        "-ext",
                        "SAN=IP:127.0.0.1",
                        "-ext",
                        "BC=ca:true",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        PASSWORD)
                .redirectErrorStream(true)
                .start();
        String said = new String(tool.getInputStream().readAllBytes(), UTF_8);
        if (tool.waitFor() != 0) throw new IOException(said);
        KeyStore made = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
        return new Certificate(
                Files.writeString(
                        directory.resolve(name + ".crt"),
                        pem("CERTIFICATE", made.getCertificate("one").getEncoded())),
                Files.writeString(
                        directory.resolve(name + ".key"),
                        pem(
                                "PRIVATE KEY",
                                made.getKey("one", PASSWORD.toCharArray()).getEncoded())));
    }

    /// Puts this one's files in the place of another's.
    void replace(Certificate other) throws IOException {
        Files.writeString(other.chain, Files.readString(chain));
        Files.writeString(other.key, Files.readString(key));
    }

    private static String pem(String what, byte[] bytes) {
        return "-----BEGIN " + what + "-----\n" + Base64.getMimeEncoder().encodeToString(bytes) + "\n-----END " + what
                + "-----\n";
    }
}

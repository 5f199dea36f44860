package io.orlop.store.token;

import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import javax.crypto.Mac;

/// How a JSON web token is signed; the constants are its names for it.
public enum SigningMethod {
    RS256(Family.RSA, "SHA256withRSA", 0),
    RS384(Family.RSA, "SHA384withRSA", 0),
    RS512(Family.RSA, "SHA512withRSA", 0),
    PS256(Family.RSA, "SHA-256", 32),
    PS384(Family.RSA, "SHA-384", 48),
    PS512(Family.RSA, "SHA-512", 64),
    ES256(Family.EC, "SHA256withECDSAinP1363Format", 0),
    ES384(Family.EC, "SHA384withECDSAinP1363Format", 0),
    ES512(Family.EC, "SHA512withECDSAinP1363Format", 0),
    HS256(Family.SECRET, "HmacSHA256", 0),
    HS384(Family.SECRET, "HmacSHA384", 0),
    HS512(Family.SECRET, "HmacSHA512", 0),
    EdDSA(Family.EDWARDS, "Ed25519", 0);

    /// What kind of key it takes.
    public enum Family {
        RSA,
        EC,
        EDWARDS,
        SECRET
    }

    private final Family family;
    private final String algorithm;
    private final int saltBytes;

    SigningMethod(Family family, String algorithm, int saltBytes) {
        this.family = family;
        this.algorithm = algorithm;
        this.saltBytes = saltBytes;
    }

    public Family family() {
        return family;
    }

    byte[] sign(byte[] message, Key key) throws GeneralSecurityException {
        if (family == Family.SECRET) return code(message, key);
        Signature signature = signature();
        signature.initSign((PrivateKey) key);
        signature.update(message);
        return signature.sign();
    }

    boolean verify(byte[] message, byte[] signed, Key key) throws GeneralSecurityException {
        if (family == Family.SECRET) return MessageDigest.isEqual(signed, code(message, key));
        Signature signature = signature();
        signature.initVerify((PublicKey) key);
        signature.update(message);
        return signature.verify(signed);
    }

    private byte[] code(byte[] message, Key key) throws GeneralSecurityException {
        Mac mac = Mac.getInstance(algorithm);
        mac.init(key);
        return mac.doFinal(message);
    }

    private Signature signature() throws GeneralSecurityException {
        if (saltBytes == 0) return Signature.getInstance(algorithm);
        Signature signature = Signature.getInstance("RSASSA-PSS");
        signature.setParameter(new PSSParameterSpec(algorithm, "MGF1", new MGF1ParameterSpec(algorithm), saltBytes, 1));
        return signature;
    }
}

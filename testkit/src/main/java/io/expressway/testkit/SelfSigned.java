package io.expressway.testkit;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;

/**
 * A self-signed certificate made at start: ECDSA on P-256, good for a year. The JDK has no public
 * call that makes one, so the DER is written here (RFC 5280, section 4.1).
 *
 * @param key the private key
 * @param certificate the certificate
 */
record SelfSigned(PrivateKey key, X509Certificate certificate) {
  private static final int SEQUENCE = 0x30;
  private static final int SET = 0x31;
  private static final byte[] ECDSA_WITH_SHA256 =
      der(SEQUENCE, oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02));
  private static final byte[] COMMON_NAME = oid(0x55, 0x04, 0x03);
  private static final byte[] ALTERNATIVE_NAMES = oid(0x55, 0x1d, 0x11);
  private static final byte[] BASIC_CONSTRAINTS = oid(0x55, 0x1d, 0x13);
  private static final byte[] TRUE = der(0x01, new byte[] {(byte) 0xff});
  private static final DateTimeFormatter UTC_TIME =
      DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);

  /** A certificate for DNS names and IPv4 addresses; a wildcard stands for one label. */
  static SelfSigned forNames(List<String> names) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      KeyPair pair = generator.generateKeyPair();
      byte[] toSign = toBeSigned(pair, names);
      Signature signer = Signature.getInstance("SHA256withECDSA");
      signer.initSign(pair.getPrivate());
      signer.update(toSign);
      byte[] encoded = der(SEQUENCE, toSign, ECDSA_WITH_SHA256, bits(signer.sign()));
      return new SelfSigned(pair.getPrivate(), parse(encoded));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("cannot make a certificate for " + names, e);
    }
  }

  private static X509Certificate parse(byte[] encoded) throws GeneralSecurityException {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(encoded));
  }

  private static byte[] toBeSigned(KeyPair pair, List<String> names) {
    byte[] name = commonName(names.get(0));
    Instant now = Instant.now();
    byte[] validity =
        der(SEQUENCE, time(now.minusSeconds(86_400)), time(now.plusSeconds(365L * 86_400)));
    return der(
        SEQUENCE,
        der(0xa0, integer(BigInteger.TWO)),
        integer(BigInteger.valueOf(now.toEpochMilli())),
        ECDSA_WITH_SHA256,
        name,
        validity,
        name,
        pair.getPublic().getEncoded(),
        der(0xa3, der(SEQUENCE, certificateAuthority(), alternativeNames(names))));
  }

  private static byte[] commonName(String name) {
    byte[] text = der(0x0c, name.getBytes(StandardCharsets.UTF_8));
    return der(SEQUENCE, der(SET, der(SEQUENCE, COMMON_NAME, text)));
  }

  private static byte[] certificateAuthority() {
    return der(SEQUENCE, BASIC_CONSTRAINTS, TRUE, der(0x04, der(SEQUENCE, TRUE)));
  }

  private static byte[] alternativeNames(List<String> names) {
    byte[][] encoded = names.stream().map(SelfSigned::alternativeName).toArray(byte[][]::new);
    return der(SEQUENCE, ALTERNATIVE_NAMES, der(0x04, der(SEQUENCE, encoded)));
  }

  private static byte[] alternativeName(String name) {
    return name.matches("\\d+(\\.\\d+){3}")
        ? der(0x87, ipv4(name))
        : der(0x82, name.getBytes(StandardCharsets.US_ASCII));
  }

  private static byte[] ipv4(String text) {
    String[] parts = text.split("\\.", -1);
    byte[] address = new byte[4];
    for (int i = 0; i < 4; i++) {
      address[i] = (byte) Integer.parseInt(parts[i]);
    }
    return address;
  }

  private static byte[] time(Instant at) {
    return der(0x17, UTC_TIME.format(at).getBytes(StandardCharsets.US_ASCII));
  }

  private static byte[] integer(BigInteger value) {
    return der(0x02, value.toByteArray());
  }

  private static byte[] bits(byte[] content) {
    return der(0x03, new byte[1], content);
  }

  private static byte[] oid(int... bytes) {
    byte[] content = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      content[i] = (byte) bytes[i];
    }
    return der(0x06, content);
  }

  /** One tag-length-value. */
  private static byte[] der(int tag, byte[]... contents) {
    int length = 0;
    for (byte[] content : contents) {
      length += content.length;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(length + 6);
    out.write(tag);
    if (length >= 0x100) {
      out.write(0x82);
      out.write(length >> 8);
    } else if (length >= 0x80) {
      out.write(0x81);
    }
    out.write(length);
    for (byte[] content : contents) {
      out.writeBytes(content);
    }
    return out.toByteArray();
  }
}

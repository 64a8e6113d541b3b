package io.expressway.testkit.auth;

import io.expressway.testkit.store.S3Error;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Takes aws-chunked framing off, in place. One payload, used once.
 *
 * <pre>
 *   hex-size[;chunk-signature=sig] CRLF data CRLF   ... until a chunk of size 0, then
 *   name:value CRLF                                 ... the trailers,
 *   x-amz-trailer-signature:sig CRLF                when chunks are signed,
 *   CRLF
 * </pre>
 *
 * <p>Data moves to the front of the same memory: a frame is always longer than its data, so nothing
 * unread is overwritten. Chunks but the last must hold at least 8 KiB when signed (Amazon S3 API
 * reference, "Transferring Payload in Multiple Chunks", read on 2026-11-22).
 */
final class AwsChunks {
  private static final int MIN_SIGNED_CHUNK = 8192;
  private static final int MAX_LINE = 4096;
  private static final String SIGNATURE = ";chunk-signature=";

  private final ByteBuffer in;
  private final @Nullable ChunkSignatures signatures;
  private final boolean withTrailer;
  private final Map<String, String> trailers = new LinkedHashMap<>();
  private int decodedBytes;

  AwsChunks(ByteBuffer received, @Nullable ChunkSignatures signatures, boolean withTrailer) {
    this.in = received.duplicate();
    this.signatures = signatures;
    this.withTrailer = withTrailer;
  }

  Map<String, String> trailers() {
    return trailers;
  }

  /** The decoded data, at the front of the memory received. */
  ByteBuffer decode(long expectedBytes) {
    boolean small = false;
    int size;
    do {
      String line = line();
      size = size(line);
      if (size > 0 && small) {
        throw new S3Error(
            403,
            "InvalidChunkSizeError",
            "Only the last chunk is allowed to have a size less than 8192 bytes");
      }
      small = signatures != null && size < MIN_SIGNED_CHUNK;
      chunk(line, size);
    } while (size > 0);
    readTrailers();
    if (decodedBytes != expectedBytes) {
      throw incomplete();
    }
    return in.duplicate().position(0).limit(decodedBytes);
  }

  private void chunk(String line, int size) {
    if (size > in.remaining()) {
      throw incomplete();
    }
    ByteBuffer data = in.slice(in.position(), size);
    if (signatures != null) {
      signatures.checkChunk(data, chunkSignature(line));
    }
    in.duplicate().position(decodedBytes).put(data);
    decodedBytes += size;
    in.position(in.position() + size);
    if (size > 0 && !line().isEmpty()) {
      throw malformed();
    }
  }

  private void readTrailers() {
    StringBuilder canonical = new StringBuilder();
    String signature = null;
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      if (colon <= 0 || !withTrailer || hasControl(line)) {
        throw malformedTrailer();
      }
      String name = line.substring(0, colon).trim().toLowerCase(Locale.ROOT);
      String value = line.substring(colon + 1).trim();
      if (name.equals("x-amz-trailer-signature")) {
        signature = value;
      } else {
        trailers.put(name, value);
        canonical.append(name).append(':').append(value).append('\n');
      }
    }
    if (withTrailer && signatures != null) {
      signatures.checkTrailers(canonical.toString(), signature == null ? "" : signature);
    }
    if (in.hasRemaining()) {
      throw malformed();
    }
  }

  private static int size(String line) {
    int end = line.indexOf(';');
    String digits = end < 0 ? line : line.substring(0, end);
    if (digits.startsWith("+") || digits.startsWith("-")) {
      throw malformed();
    }
    try {
      return Integer.parseInt(digits, 16);
    } catch (NumberFormatException e) {
      throw malformed();
    }
  }

  private static String chunkSignature(String line) {
    int at = line.indexOf(SIGNATURE);
    return at < 0 ? "" : line.substring(at + SIGNATURE.length());
  }

  /** A lone CR or LF in a trailer would be another line to another reader. */
  private static boolean hasControl(String line) {
    return line.chars().anyMatch(c -> c < ' ' && c != '\t');
  }

  /** The text up to CRLF; the position moves behind it. */
  private String line() {
    StringBuilder out = new StringBuilder(96);
    while (in.hasRemaining() && out.length() < MAX_LINE) {
      char c = (char) (in.get() & 0xff);
      if (c == '\r' && in.hasRemaining() && in.get(in.position()) == '\n') {
        in.get();
        return out.toString();
      }
      out.append(c);
    }
    throw incomplete();
  }

  static S3Error malformedTrailer() {
    return new S3Error(
        400,
        "MalformedTrailerError",
        "The request contained trailing data that was not well-formed or did not conform to our"
            + " published schema.");
  }

  private static S3Error malformed() {
    return new S3Error(
        400, "InvalidRequest", "The aws-chunked encoding of the payload is malformed.");
  }

  private static S3Error incomplete() {
    return new S3Error(
        400,
        "IncompleteBody",
        "The request body terminated unexpectedly or does not have the length announced.");
  }
}

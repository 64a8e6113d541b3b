package io.expressway.testkit.store;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * RenameObject: moves an object inside its bucket in one step, without touching its bytes.
 *
 * <p>Source: API reference, RenameObject; User Guide, directory-buckets-objects-rename, read on
 * 2026-11-22.
 */
final class Rename {
  private static final String SOURCE = "x-amz-rename-source";
  private static final List<String> CONDITIONS =
      List.of("if-match", "if-none-match", "if-modified-since", "if-unmodified-since");

  private Rename() {}

  static S3Response answer(S3Request request, DirectoryBucket bucket, String to) {
    WriteHeaders.requireKey(to);
    WriteHeaders.refuseUnsupported(request);
    String from = source(request, bucket.name());
    refuseDirectory(from);
    refuseDirectory(to);
    if (from.equals(to)) {
      throw Refusals.invalidRequest("The source and the destination of a rename are the same key.");
    }
    Preconditions onSource = Preconditions.of(request, SOURCE + "-");
    Preconditions onTarget = Preconditions.of(request, "");
    bucket.rename(
        from,
        to,
        token(request),
        parameters(request, from, to),
        (source, target) -> {
          onSource.requireSource(source);
          onTarget.requireTarget(target, to);
        });
    return S3Response.empty(200, Map.of());
  }

  /** The source key, URL-encoded; with a leading slash it names the bucket, too. */
  private static String source(S3Request request, String bucket) {
    String header = request.header(SOURCE);
    if (header == null || header.isEmpty()) {
      throw Refusals.invalidRequest("Missing required header for this request: " + SOURCE);
    }
    String decoded = CopySource.decode(header, SOURCE);
    String named = "/" + bucket + "/";
    return decoded.startsWith(named) ? decoded.substring(named.length()) : decoded;
  }

  /** "Objects that end with the delimiter (/) are not supported": directories cannot be renamed. */
  private static void refuseDirectory(String key) {
    if (key.endsWith("/")) {
      throw Refusals.invalidRequest(
          "RenameObject does not support keys that end in a delimiter: " + key);
    }
  }

  private static @Nullable String token(S3Request request) {
    String token = request.header("x-amz-client-token");
    if (token == null) {
      return null;
    }
    if (token.isEmpty() || token.length() > 64 || token.chars().anyMatch(c -> c < 33 || c > 126)) {
      throw Refusals.invalidArgument(
          "x-amz-client-token", token, "A client token has 1 to 64 characters of ASCII 33 to 126");
    }
    return token;
  }

  private static String parameters(S3Request request, String from, String to) {
    StringBuilder all = new StringBuilder(from).append('\n').append(to);
    for (String condition : CONDITIONS) {
      all.append('\n').append(request.header(condition));
      all.append('\n').append(request.header(SOURCE + "-" + condition));
    }
    return all.toString();
  }
}

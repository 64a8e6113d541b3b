package io.expressway;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How to rename an object. Immutable.
 *
 * <p>Source: S3 API, RenameObject, read on 2026-11-22.
 */
public final class RenameOptions {
  private static final int LONGEST_TOKEN = 64;
  private static final RenameOptions DEFAULTS = new RenameOptions(null, false, null, null);
  private final @Nullable String clientToken;
  private final boolean ifAbsent;
  private final @Nullable ObjectVersion version;
  private final @Nullable ObjectVersion sourceVersion;

  private RenameOptions(
      @Nullable String clientToken,
      boolean ifAbsent,
      @Nullable ObjectVersion version,
      @Nullable ObjectVersion sourceVersion) {
    this.clientToken = clientToken;
    this.ifAbsent = ifAbsent;
    this.version = version;
    this.sourceVersion = sourceVersion;
  }

  /** No condition: what lies at the new key is replaced. */
  public static RenameOptions defaults() {
    return DEFAULTS;
  }

  /**
   * Names this rename, so that sending it again does it once; made up for each call unless set. Set
   * it to repeat a rename after a restart. 1 to 64 visible ASCII characters.
   */
  public RenameOptions clientToken(String token) {
    boolean visible = token.chars().allMatch(c -> c > ' ' && c <= '~');
    if (token.isEmpty() || token.length() > LONGEST_TOKEN || !visible) {
      throw new IllegalArgumentException(
          "client token must be 1 to 64 visible ASCII characters, but is \"" + token + "\"");
    }
    return new RenameOptions(token, ifAbsent, version, sourceVersion);
  }

  /** Renames only to a free key; else {@link PreconditionFailedException}. */
  public RenameOptions ifAbsent() {
    return new RenameOptions(clientToken, true, null, sourceVersion);
  }

  /** Renames only over this version at the new key; else {@link PreconditionFailedException}. */
  public RenameOptions ifVersion(ObjectVersion required) {
    return new RenameOptions(clientToken, false, required, sourceVersion);
  }

  /** Renames only this version; else {@link PreconditionFailedException}. */
  public RenameOptions ifSourceVersion(ObjectVersion required) {
    return new RenameOptions(clientToken, ifAbsent, version, required);
  }

  /** See {@link #clientToken(String)}. */
  public Optional<String> clientToken() {
    return Optional.ofNullable(clientToken);
  }

  /** See {@link #ifAbsent()}. */
  public boolean requiresAbsent() {
    return ifAbsent;
  }

  /** See {@link #ifVersion(ObjectVersion)}. */
  public Optional<ObjectVersion> version() {
    return Optional.ofNullable(version);
  }

  /** See {@link #ifSourceVersion(ObjectVersion)}. */
  public Optional<ObjectVersion> sourceVersion() {
    return Optional.ofNullable(sourceVersion);
  }
}

package io.expressway.foreign;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.stream.Stream;

/** The contract on VersityGW over a folder; it verifies every signature. */
abstract class VersityContract extends ForeignContract {
  @Override
  final ForeignServer server() {
    return ForeignServer.versityGateway();
  }

  /** Its store is a file system, which has its own mind about paths and names. */
  @Override
  protected boolean takesKey(String key) {
    return Stream.of(key.split("/", -1))
        .noneMatch(part -> part.matches("\\.{0,2}") || part.getBytes(UTF_8).length > 255);
  }
}

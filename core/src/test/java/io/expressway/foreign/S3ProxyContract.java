package io.expressway.foreign;

import java.util.stream.Stream;

/** The contract on gaul's s3proxy, which verifies every signature. */
abstract class S3ProxyContract extends ForeignContract {
  @Override
  final ForeignServer server() throws Exception {
    return ForeignServer.s3proxy();
  }

  /** Its store is a file system, which has its own mind about paths. */
  @Override
  protected boolean takesKey(String key) {
    return Stream.of(key.split("/", -1)).noneMatch(part -> part.matches("\\.{0,2}"));
  }

  @Override
  protected boolean listsPartChecksums() {
    return false;
  }

  /** It lists no parts of uploads it does not know, instead of saying so. */
  @Override
  protected boolean knowsWhichUploadsEnded() {
    return false;
  }
}

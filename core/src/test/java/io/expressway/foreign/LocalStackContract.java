package io.expressway.foreign;

/** The contract on LocalStack, in its last free release. */
abstract class LocalStackContract extends ForeignContract {
  @Override
  final ForeignServer server() {
    return ForeignServer.localStack();
  }

  @Override
  protected boolean takesConditionalDeletes() {
    return false;
  }
}

package io.expressway.foreign;

import io.expressway.contract.BucketContract;

/** The contract on a server of another project: what general-purpose buckets share with ours. */
abstract class ForeignContract extends BucketContract {
  /** The server, started when it is first asked for. */
  abstract ForeignServer server() throws Exception;

  /** They tell it in another header, or not at all. */
  @Override
  protected boolean tellsSizeOfShortObjects() {
    return false;
  }

  /** They ignore conditions on the copy's key. */
  @Override
  protected boolean takesConditionalCopies() {
    return false;
  }

  /** They ignore conditions on completions, or lose the object when one is refused. */
  @Override
  protected boolean takesConditionalCompletes() {
    return false;
  }
}

package io.expressway.internal.http;

import io.expressway.AccessKey;
import io.expressway.ByteRange;
import io.expressway.CorruptResponseException;
import io.expressway.ExpressException;
import io.expressway.InvalidRequestException;
import io.expressway.ObjectInfo;
import io.expressway.Operation;
import io.expressway.PreconditionFailedException;
import io.expressway.RangeNotSatisfiableException;
import io.expressway.ReadClaim;
import io.expressway.ReadProgress;
import io.expressway.ReadRequest;
import io.expressway.RequestSite;
import io.expressway.Slice;
import io.expressway.internal.sign.RequestWriter;
import io.expressway.internal.xml.ErrorDocument;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One ranged GetObject. Its bytes land once; when a connection fails inside the body, the next
 * attempt asks for the rest only, under {@code If-Match}, and goes on in the same memory.
 *
 * <p>Every answer is held against the request: status, {@code Content-Range}, length, ETag, and for
 * whole objects the checksum the service stored (S3 API, GetObject, read on 2026-11-22). Owned by
 * the thread that runs the exchange.
 */
abstract class ReadExchange extends Exchange {
  /** Told in such steps: each costs a slice, or wakes somebody. */
  private static final int TOLD_BYTES = 64 << 10;

  private final ReadRequest request;
  private final ReadTarget target;
  private @Nullable ReceiveBuffer memory;

  /** All of the memory, for reads that are watched: it is theirs then. */
  private @Nullable Slice lent;

  private @Nullable Landing landing;
  private @Nullable ObjectInfo info;

  /** What the bytes are described as; null until the read was claimed. */
  private @Nullable ObjectInfo told;

  private @Nullable ObjectInfo hint;
  private int bodyStart;
  private long firstByte;
  private int totalBytes;
  private int landedBefore;
  private int toldBytes;

  ReadExchange(Wire wire, ReadRequest request, ReadTarget target) {
    super(wire, Operation.READ, allowedNanos(wire, request));
    this.request = request;
    this.target = target;
  }

  private static long allowedNanos(Wire wire, ReadRequest request) {
    Duration own = request.deadline().orElse(null);
    return own == null ? wire.readDeadlineNanos() : own.toNanos();
  }

  /** The body {@code [start, start + length)} of {@code memory} is complete and now its own. */
  abstract void deliver(ObjectInfo info, ReceiveBuffer memory, int start, int length);

  /** The same of memory that was lent before all of it had come. */
  void deliver(Slice all) {
    throw new IllegalStateException("memory of the caller's is not lent");
  }

  @Override
  final void render(RequestWriter writer, AccessKey key, ByteBuf to) {
    writer.begin("GET", wire().endpoint().pathPrefix(), request.key(), "");
    writer.unsigned("user-agent", WireBucket.USER_AGENT).host(wire().hostHeader());
    if (info != null) {
      writer.header("if-match", info.version().tag());
    } else if (request.version().isPresent()) {
      writer.header("if-match", request.version().get().tag());
    }
    renderRange(writer);
    if (isWholeObject()) {
      writer.header("x-amz-checksum-mode", "ENABLED");
    }
    writer.unsignedPayload().date(wire().nowSecond()).token(key).finish(key, to);
  }

  private void renderRange(RequestWriter writer) {
    ByteRange range = request.range();
    if (landed() > 0) {
      writer.range(firstByte + landed(), firstByte + totalBytes - 1);
    } else if (range.isSuffix()) {
      writer.suffixRange(range.length());
    } else if (range.isBounded()) {
      writer.range(range.offset(), range.offset() + range.length() - 1);
    } else if (!range.isAll()) {
      writer.range(range.offset(), -1);
    }
  }

  private boolean isWholeObject() {
    return request.range().isAll() && landed() == 0;
  }

  /** Bytes that earlier attempts brought. */
  private int landed() {
    Landing current = landing;
    return current == null ? 0 : totalBytes - current.remaining();
  }

  @Override
  final long expectedLength() {
    return landed() > 0 ? Long.MAX_VALUE : request.range().length();
  }

  @Override
  final boolean mayLendInPlace() {
    return target.maySlice() && landing == null;
  }

  @Override
  final boolean checkHead(ResponseHead head, @Nullable ObjectInfo previous)
      throws ExpressException {
    hint = previous;
    try {
      return head.status() == 206 ? checkPart(head) : checkWhole(head);
    } catch (ResponseHead.MalformedHead e) {
      throw corruptResponse(String.valueOf(e.getMessage()), head);
    }
  }

  private boolean checkPart(ResponseHead head) throws ExpressException, ResponseHead.MalformedHead {
    if (!head.readContentRange()) {
      throw corruptResponse("a partial answer without Content-Range", head);
    }
    long first = head.rangeFirst();
    long last = head.rangeLast();
    long size = head.rangeSize();
    boolean sane = first >= 0 && first <= last && last < size;
    if (!sane || last - first + 1 != head.contentLength() || !isAskedFor(first, last, size)) {
      throw corruptResponse(
          "asked for "
              + asked()
              + ", but got bytes "
              + first
              + "-"
              + last
              + " of "
              + size
              + " with "
              + head.contentLength()
              + " bytes of body",
          head);
    }
    accept(head, size, first);
    return true;
  }

  private String asked() {
    return landed() > 0 ? "the rest from byte " + (firstByte + landed()) : request.range() + "";
  }

  private boolean isAskedFor(long first, long last, long size) {
    ByteRange range = request.range();
    if (landed() > 0) {
      return first == firstByte + landed() && last == firstByte + totalBytes - 1;
    }
    if (range.isSuffix()) {
      return last == size - 1 && first == Math.max(0, size - range.length());
    }
    long end = range.isBounded() ? range.offset() + range.length() : Long.MAX_VALUE;
    return !range.isAll() && first == range.offset() && last == Math.min(end, size) - 1;
  }

  private boolean checkWhole(ResponseHead head)
      throws ExpressException, ResponseHead.MalformedHead {
    if (head.status() == 200 && request.range().isSuffix() && head.contentLength() == 0) {
      throw hasNoLastBytes(head);
    }
    if (head.status() != 200 || !isWholeObject()) {
      throw corruptResponse(
          "asked for "
              + asked()
              + ", but the service answered "
              + head.status()
              + " with the whole object",
          head);
    }
    accept(head, head.contentLength(), 0);
    return true;
  }

  /** LocalStack and VersityGW answer so where others refuse with 416 (seen on 2026-11-26). */
  private RangeNotSatisfiableException hasNoLastBytes(ResponseHead head) {
    return new RangeNotSatisfiableException(
        "the object is empty, asked for " + request.range(),
        site().answered(head.status(), null, head.header("x-amz-request-id")),
        0,
        null);
  }

  private void accept(ResponseHead head, long size, long first) throws ExpressException {
    ObjectInfo known = info;
    ObjectInfo found = AnswerInfo.of(request.key(), size, head, known != null ? known : hint);
    hint = null;
    if (found == null) {
      throw corruptResponse("the answer names no ETag", head);
    }
    if (known != null && !known.version().equals(found.version())) {
      throw changed(found, head);
    }
    if (landed() == 0) {
      firstByte = first;
    }
    info = found;
    if (told == null) {
      told = claimed(found);
    }
  }

  /** What the bytes are to be described as; gives the read up when somebody else has it. */
  private ObjectInfo claimed(ObjectInfo found) {
    ReadClaim claim = request.claim().orElse(null);
    ObjectInfo described = claim == null ? found : claim.tryClaim(found);
    if (described == null) {
      outcome().cancel(false);
      return found;
    }
    return described;
  }

  private PreconditionFailedException changed(ObjectInfo found, ResponseHead head) {
    return new PreconditionFailedException(
        "the object changed from version " + info + " to " + found.version() + " while it was read",
        site().answered(head.status(), null, head.header("x-amz-request-id")),
        null);
  }

  @Override
  final @Nullable ObjectInfo described() {
    return info;
  }

  @Override
  final Landing landing(ResponseHead head, long length) throws ExpressException {
    Landing current = landing;
    if (current != null && landed() > 0) {
      landedBefore = landed();
      return current;
    }
    if (length > target.capacity()) {
      throw tooLong(length, head);
    }
    releaseMemory();
    ReceiveBuffer fresh = target.memory((int) length);
    memory = fresh;
    bodyStart = 0;
    totalBytes = (int) length;
    landing = new Landing(fresh, 0, totalBytes);
    toldBytes = 0;
    ObjectInfo of = info;
    if (request.progress().isPresent() && target.maySlice() && of != null) {
      lent = Slice.lend(described(of), fresh.lend(0, totalBytes), fresh);
    }
    return landing;
  }

  @Override
  final void progressed() {
    ReadProgress watching = request.progress().orElse(null);
    int count = landed();
    if (watching == null || count - toldBytes < TOLD_BYTES || count == totalBytes) {
      return;
    }
    Slice all = lent;
    ObjectInfo of = info;
    if (all != null) {
      toldBytes = count;
      watching.onArrived(all.slice(0, count));
    } else if (of != null && target.isOfCaller()) {
      toldBytes = count;
      watching.onPlaced(described(of), count);
    }
  }

  private ExpressException tooLong(long length, ResponseHead head) {
    return new InvalidRequestException(
        "the body has "
            + length
            + " bytes, but there is room for "
            + target.capacity()
            + ": ask for a shorter range",
        site().answered(head.status(), null, head.header("x-amz-request-id")),
        null);
  }

  @Override
  final void keepPartial(ReceiveBuffer buffer, int offset, int received, ResponseHead head) {
    try {
      long length = head.contentLength();
      if (received > 0 && length <= target.capacity()) {
        Landing fresh = landing(head, length);
        fresh.put(buffer, offset, received);
      }
    } catch (ResponseHead.MalformedHead | ExpressException e) {
      throw new IllegalStateException("the head was sound before", e);
    }
  }

  @Override
  final boolean madeProgress() {
    boolean progress = landed() > landedBefore;
    landedBefore = landed();
    return progress;
  }

  @Override
  final void landed(ResponseHead head) throws ExpressException {
    ReceiveBuffer filled = memory;
    ObjectInfo of = info;
    if (filled == null || of == null) {
      throw new IllegalStateException("bytes landed before their head");
    }
    verify(head, filled, bodyStart, totalBytes);
    Slice all = lent;
    lent = null;
    memory = null;
    landing = null;
    if (all != null) {
      deliver(all);
    } else {
      deliver(described(of), filled, bodyStart, totalBytes);
    }
  }

  private ObjectInfo described(ObjectInfo found) {
    return told == null ? found : told;
  }

  @Override
  final void landedInPlace(ResponseHead head, ReceiveBuffer buffer, int offset, int length)
      throws ExpressException {
    ObjectInfo of = info;
    if (of == null) {
      throw new IllegalStateException("bytes landed before their head");
    }
    try {
      verify(head, buffer, offset, length);
    } catch (CorruptResponseException e) {
      buffer.run();
      throw e;
    }
    deliver(described(of), buffer, offset, length);
  }

  /** Only an answer that brought the whole object at once carries a checksum of what it brought. */
  private void verify(ResponseHead head, ReceiveBuffer buffer, int offset, int length)
      throws CorruptResponseException {
    if (head.status() != 200) {
      return;
    }
    String problem = BodyChecksum.mismatch(head, pieces(buffer, offset, length));
    if (problem != null) {
      landing = null;
      info = null;
      throw corruptResponse(problem, head);
    }
  }

  private static List<ByteBuffer> pieces(ReceiveBuffer buffer, int offset, int length) {
    if (buffer.next() == null) {
      return List.of(buffer.lend(offset, length));
    }
    List<ByteBuffer> pieces = new ArrayList<>();
    int left = length;
    for (ReceiveBuffer piece = buffer; piece != null && left > 0; piece = piece.next()) {
      int count = Math.min(left, piece.capacity());
      pieces.add(piece.lend(0, count));
      left -= count;
    }
    return pieces;
  }

  @Override
  final void answered(ResponseHead head, byte[] body) {
    throw new IllegalStateException("a good answer to a read lands");
  }

  @Override
  final ExpressException rangeNotSatisfiable(
      ResponseHead head, ErrorDocument said, RequestSite where) {
    long size = Math.max(sizeIn(head), said.objectSize());
    return new RangeNotSatisfiableException(
        "the range begins past the object's end" + (size < 0 ? "" : ": it has " + size + " bytes"),
        where,
        size,
        null);
  }

  private long sizeIn(ResponseHead head) {
    try {
      return head.readContentRange() ? head.rangeSize() : -1;
    } catch (ResponseHead.MalformedHead e) {
      return -1;
    }
  }

  @Override
  final String key() {
    return request.key();
  }

  @Override
  final ByteRange range() {
    return request.range();
  }

  @Override
  final boolean isIdempotent() {
    return true;
  }

  @Override
  final boolean mayRetry() {
    return !request.isOnce();
  }

  @Override
  final void salvage() {
    ReadClaim claim = request.claim().orElse(null);
    ReceiveBuffer held = memory;
    ObjectInfo of = told;
    int count = landed();
    if (claim != null && held != null && of != null && count > 0) {
      Slice all = lent;
      lent = null;
      memory = null;
      landing = null;
      claim.onPartial(
          all != null ? first(all, count) : Slice.lend(of, pieces(held, 0, count), held));
    }
  }

  private static Slice first(Slice all, int count) {
    Slice first = all.slice(0, count);
    all.close();
    return first;
  }

  @Override
  final void discard() {
    releaseMemory();
  }

  private void releaseMemory() {
    ReceiveBuffer held = memory;
    Slice all = lent;
    lent = null;
    memory = null;
    landing = null;
    if (all != null) {
      all.close();
    } else if (held != null) {
      held.run();
    }
  }
}

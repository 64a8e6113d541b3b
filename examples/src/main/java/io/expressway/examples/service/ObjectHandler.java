package io.expressway.examples.service;

import io.expressway.Bucket;
import io.expressway.ObjectInfo;
import io.expressway.ObjectNotFoundException;
import io.expressway.ThrottledException;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** {@code GET /objects/KEY}, whole or one range of it. Blocks no thread. */
final class ObjectHandler extends Handler.Abstract.NonBlocking {
  private static final String PATH = "/objects/";
  private final Bucket bucket;
  private final Timer timer;

  ObjectHandler(Bucket bucket, Timer timer) {
    this.bucket = bucket;
    this.timer = timer;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    String path = request.getHttpURI().getDecodedPath();
    boolean isHead = HttpMethod.HEAD.is(request.getMethod());
    if (!path.startsWith(PATH) || !(isHead || HttpMethod.GET.is(request.getMethod()))) {
      return false;
    }
    long begun = System.nanoTime();
    Callback timed =
        Callback.from(
            callback, () -> timer.record(System.nanoTime() - begun, TimeUnit.NANOSECONDS));
    var unused =
        bucket
            .stat(path.substring(PATH.length())) // the cache knows, once it has read some of it
            .whenComplete(
                (info, failure) -> {
                  if (info == null) {
                    Response.writeError(request, response, timed, status(failure));
                  } else {
                    answer(request, response, timed, info, isHead);
                  }
                });
    return true;
  }

  private void answer(
      Request request, Response response, Callback callback, ObjectInfo info, boolean isHead) {
    String header = request.getHeaders().get(HttpHeader.RANGE);
    RangeHeader range = header == null ? null : RangeHeader.of(header).orElse(null);
    long begin = range == null ? 0 : range.begin(info.size());
    long end = range == null ? info.size() : range.end(info.size());
    if (range != null && begin >= end) {
      response.getHeaders().put(HttpHeader.CONTENT_RANGE, "bytes */" + info.size());
      Response.writeError(request, response, callback, HttpStatus.RANGE_NOT_SATISFIABLE_416);
      return;
    }
    if (range != null) {
      String told = "bytes " + begin + "-" + (end - 1) + "/" + info.size();
      response.getHeaders().put(HttpHeader.CONTENT_RANGE, told);
      response.setStatus(HttpStatus.PARTIAL_CONTENT_206);
    }
    response.getHeaders().put(HttpHeader.ACCEPT_RANGES, "bytes");
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, end - begin);
    new SliceWriter(bucket, info, response, callback, begin, isHead ? begin : end).iterate();
  }

  static int status(@Nullable Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return cause instanceof ObjectNotFoundException
        ? HttpStatus.NOT_FOUND_404
        : cause instanceof ThrottledException
            ? HttpStatus.SERVICE_UNAVAILABLE_503
            : HttpStatus.BAD_GATEWAY_502;
  }
}

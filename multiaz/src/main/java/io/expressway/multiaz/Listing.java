package io.expressway.multiaz;

import io.expressway.ExpressException;
import io.expressway.ListRequest;
import io.expressway.ObjectInfo;
import io.expressway.ObjectListing;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Pages of one replica's listing: directory buckets list in an order of their own, so a listing
 * cannot change replicas between pages. The token of each page says whose it is. Safe for many
 * threads.
 */
final class Listing {
  private static final char SEPARATOR = ' ';
  private final Fleet fleet;

  Listing(Fleet fleet) {
    this.fleet = fleet;
  }

  CompletableFuture<ObjectListing> page(ListRequest request) {
    String token = request.token().orElse(null);
    if (token == null) {
      Replica[] order = fleet.order();
      CompletableFuture<ObjectListing> first = page(order[0], request);
      CompletableFuture<ObjectListing> answer = first.newIncompleteFuture();
      answer.whenComplete((page, problem) -> first.cancel(false)); // no effect once it is over
      settle(answer, first, order, 0, request);
      return answer;
    }
    int end = token.indexOf(SEPARATOR);
    for (Replica replica : fleet.replicas()) {
      if (end > 0 && replica.zone().equals(token.substring(0, end))) {
        return page(replica, request.after(token.substring(end + 1)));
      }
    }
    throw new IllegalArgumentException(
        "the continuation token is of no zone of this set: " + fleet.replicas());
  }

  private void settle(
      CompletableFuture<ObjectListing> answer,
      CompletableFuture<ObjectListing> page,
      Replica[] order,
      int at,
      ListRequest request) {
    page.whenComplete(
        (listing, problem) -> {
          Throwable why = Fleet.cause(problem);
          if (isFault(why, order[at]) && at + 1 < order.length && !answer.isDone()) {
            settle(answer, page(order[at + 1], request), order, at + 1, request);
          } else if (why != null) {
            answer.completeExceptionally(why);
          } else {
            answer.complete(listing);
          }
        });
  }

  private static boolean isFault(@Nullable Throwable why, Replica replica) {
    if (why instanceof ExpressException known && known.isZoneFault()) {
      replica.failed(known);
      return true;
    }
    return false;
  }

  private static CompletableFuture<ObjectListing> page(Replica replica, ListRequest request) {
    return replica
        .bucket()
        .list(request)
        .thenCompose(
            page -> {
              ObjectListing known = known(replica, page);
              boolean isOursOnly = known.objects().isEmpty() && known.prefixes().isEmpty();
              return isOursOnly && page.nextToken().isPresent()
                  ? page(replica, request.after(page.nextToken().get()))
                  : CompletableFuture.completedFuture(known);
            });
  }

  private static ObjectListing known(Replica replica, ObjectListing page) {
    List<ObjectInfo> objects =
        page.objects().stream()
            .filter(object -> !object.key().startsWith(Fleet.RESERVED))
            .map(replica.naming()::known)
            .toList();
    List<String> prefixes =
        page.prefixes().stream().filter(prefix -> !prefix.startsWith(Fleet.RESERVED)).toList();
    Optional<String> next = page.nextToken().map(token -> replica.zone() + SEPARATOR + token);
    return new ObjectListing(objects, prefixes, next);
  }
}

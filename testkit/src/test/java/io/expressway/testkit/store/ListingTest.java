package io.expressway.testkit.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ListingTest extends StoreTest {
  @Test
  void orderIsStableButNotLexicographic() {
    List<String> written = IntStream.range(0, 40).mapToObj(i -> "key-" + (100 + i)).toList();
    write(written);
    List<String> listed = Call.elements(Call.list().on(store), "Key");
    assertThat(listed).containsExactlyInAnyOrderElementsOf(written).isNotEqualTo(written);
    assertThat(Call.elements(Call.list().on(store), "Key")).isEqualTo(listed);
  }

  @Test
  void aDirectoryIsListedInOneGo() {
    write(List.of("a/1", "b/1", "a/2", "b/2", "a/c/1", "a/c/2", "a", "b"));
    List<String> listed = Call.elements(Call.list().on(store), "Key");
    assertThat(listed).hasSize(8);
    for (String directory : List.of("a/", "b/", "a/c/")) {
      List<Integer> places =
          IntStream.range(0, listed.size())
              .filter(i -> listed.get(i).startsWith(directory))
              .boxed()
              .toList();
      assertThat(places.get(places.size() - 1) - places.get(0)).isEqualTo(places.size() - 1);
    }
  }

  @Test
  void delimiterGroupsDirectories() {
    write(List.of("a", "a/1", "a/2", "a/b/3", "c/4"));
    S3Response top = Call.list().query("delimiter", "/").on(store);
    assertThat(Call.elements(top, "Key")).containsExactly("a");
    assertThat(prefixes(top)).containsExactlyInAnyOrder("a/", "c/");
    assertThat(Call.element(top, "KeyCount")).isEqualTo("3");
    S3Response inner = Call.list().query("delimiter", "/").query("prefix", "a/").on(store);
    assertThat(Call.elements(inner, "Key")).containsExactlyInAnyOrder("a/1", "a/2");
    assertThat(prefixes(inner)).containsExactly("a/b/");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 1000})
  void pagesJoinToTheWhole(int size) {
    write(IntStream.range(0, 30).mapToObj(i -> "d" + i % 5 + "/k" + i).toList());
    write(List.of("x", "y", "d0"));
    List<String> whole = names(Call.list().on(store));
    assertThat(pages(Call.list(), size)).isEqualTo(whole);
    List<String> grouped = names(Call.list().query("delimiter", "/").on(store));
    assertThat(pages(Call.list().query("delimiter", "/"), size)).isEqualTo(grouped);
  }

  @Test
  void aTokenIsOpaqueAndGoodForItsListingOnly() {
    write(List.of("a/1", "a/2", "b"));
    String token =
        Call.element(Call.list().query("max-keys", "1").on(store), "NextContinuationToken");
    assertThat(token).doesNotContain("a/").doesNotStartWith("b");
    refused(
        400,
        "InvalidArgument",
        () -> Call.list().query("prefix", "a/").query("continuation-token", token).on(store));
    refused(
        400, "InvalidArgument", () -> Call.list().query("continuation-token", "made-up").on(store));
  }

  @Test
  void maxKeysIsBounded() {
    write(List.of("a", "b"));
    S3Response none = Call.list().query("max-keys", "0").on(store);
    assertThat(Call.element(none, "IsTruncated")).isEqualTo("false");
    assertThat(Call.element(Call.list().query("max-keys", "5000").on(store), "MaxKeys"))
        .isEqualTo("1000");
    refused(400, "InvalidArgument", () -> Call.list().query("max-keys", "-1").on(store));
    refused(400, "InvalidArgument", () -> Call.list().query("max-keys", "many").on(store));
  }

  @Test
  void prefixesEndInASlash() {
    S3Error error =
        refused(400, "InvalidRequest", () -> Call.list().query("prefix", "a").on(store));
    assertThat(error.message())
        .isEqualTo(
            "This bucket does not support a prefix that does not end in a delimiter. Specify a"
                + " prefix path ending with a delimiter and try again.");
    refused(400, "InvalidRequest", () -> Call.list().query("delimiter", "-").on(store));
  }

  @Test
  void whatDirectoryBucketsDoNotHaveIsRefused() {
    refused(501, "NotImplemented", () -> Call.list().query("start-after", "a").on(store));
    refused(501, "NotImplemented", () -> Call.onBucket("GET").on(store));
    refused(501, "NotImplemented", () -> Call.onBucket("GET").query("list-type", "1").on(store));
  }

  @Test
  void uploadsInProgressShowTheirDirectories() {
    Call.post("pending/deep/k").query("uploads", "").on(store);
    assertThat(prefixes(Call.list().query("delimiter", "/").on(store))).containsExactly("pending/");
    assertThat(names(Call.list().on(store))).isEmpty();
  }

  @Test
  void deletingTheLastKeyRemovesItsParents() {
    write(List.of("a/b/c"));
    Call.delete("a/b/c").on(store);
    assertThat(names(Call.list().query("delimiter", "/").on(store))).isEmpty();
  }

  @Test
  void namesAreEscapedOrEncoded() {
    write(List.of("a<b>&\"c\" d+é\u0001"));
    assertThat(Call.elements(Call.list().on(store), "Key"))
        .containsExactly("a&lt;b&gt;&amp;&quot;c&quot; d+é&#x1;");
    assertThat(Call.elements(Call.list().query("encoding-type", "url").on(store), "Key"))
        .containsExactly("a%3Cb%3E%26%22c%22%20d%2B%C3%A9%01");
    refused(400, "InvalidArgument", () -> Call.list().query("encoding-type", "b64").on(store));
  }

  @Test
  void theOwnerIsToldOnRequest() {
    write(List.of("a"));
    assertThat(Call.text(Call.list().on(store))).doesNotContain("<Owner>");
    assertThat(Call.text(Call.list().query("fetch-owner", "true").on(store))).contains("<Owner>");
  }

  private void write(List<String> keys) {
    keys.forEach(key -> Call.put(key, "x").on(store));
  }

  /** Keys and common prefixes, in the order of the document within each kind. */
  private static List<String> names(S3Response response) {
    List<String> names = new ArrayList<>(Call.elements(response, "Key"));
    names.addAll(prefixes(response));
    names.sort(null);
    return names;
  }

  private static List<String> prefixes(S3Response response) {
    return Call.elements(response, "Prefix").stream()
        .filter(p -> !p.isEmpty())
        .skip(Call.element(response, "Prefix").isEmpty() ? 0 : 1)
        .toList();
  }

  private List<String> pages(Call list, int size) {
    List<String> names = new ArrayList<>();
    list.query("max-keys", Integer.toString(size));
    S3Response page = list.on(store);
    names.addAll(names(page));
    while (Call.element(page, "IsTruncated").equals("true")) {
      page =
          list.query("continuation-token", Call.element(page, "NextContinuationToken")).on(store);
      names.addAll(names(page));
    }
    names.sort(null);
    return names;
  }
}

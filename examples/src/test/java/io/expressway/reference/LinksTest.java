package io.expressway.reference;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Links between the documents lead to files and headings that there are. */
class LinksTest {
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s#]*)(?:#([^)\\s]*))?\\)");
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");

  @Test
  void everyLinkLeadsSomewhere() throws IOException {
    List<String> dead = new ArrayList<>();
    int links = 0;
    for (Path document : DocumentedCommand.documents()) {
      for (MatchResult link : LINK.matcher(prose(document)).results().toList()) {
        if (!link.group(1).contains("://")) {
          links++;
          if (!leadsSomewhere(document, link.group(1), link.group(2))) {
            dead.add(DocumentedCommand.ROOT.relativize(document) + ": " + link.group());
          }
        }
      }
    }

    assertThat(dead).isEmpty();
    assertThat(links).isGreaterThan(60);
  }

  private static boolean leadsSomewhere(Path document, String file, @Nullable String heading)
      throws IOException {
    Path target = file.isEmpty() ? document : document.resolveSibling(file).normalize();
    return Files.exists(target)
        && (heading == null
            || HEADING.matcher(prose(target)).results().anyMatch(each -> is(each, heading)));
  }

  /** As GitHub makes anchors of headings. */
  private static boolean is(MatchResult heading, String anchor) {
    return heading
        .group(1)
        .toLowerCase(Locale.ROOT)
        .replaceAll("[^\\p{L}\\d_ -]", "")
        .replace(' ', '-')
        .equals(anchor);
  }

  private static String prose(Path document) throws IOException {
    return DocumentedCommand.prose(Files.readString(document));
  }
}

package io.expressway.reference;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressway.ExpressOptions;
import io.expressway.RenameOptions;
import io.expressway.UploadOptions;
import io.expressway.WriteOptions;
import io.expressway.cache.CacheOptions;
import io.expressway.cache.DiskOptions;
import io.expressway.cache.ReaderOptions;
import io.expressway.multiaz.MultiAzOptions;
import io.expressway.session.SessionOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * {@code docs/configuration.md} is what the options say of themselves. After a change of theirs:
 * {@code mvn -pl examples -am test -Dtest=ConfigurationTest -Dexpressway.write=true
 * -Dsurefire.failIfNoSpecifiedTests=false}.
 */
class ConfigurationTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Path DOCUMENT = ROOT.resolve("docs/configuration.md");
  private static final String HEAD =
      """
      # Configuration

      Every option, made by `ConfigurationTest` from the code: defaults are read from it, and what is
      valid is found by asking it. A value that is out of range is refused where it is set, with a
      message that names option, range and value. Options are immutable: each method gives a changed
      copy. There are no files and no system properties; one environment variable, `EXPRESSWAY_ZONE_ID`,
      tells `MultiAzOptions.nearestFirst()` the machine's own zone, which else the instance is asked for.

      """;
  private static final String TAIL =
      """
      ## BlockCache

      | argument | default | valid | what it does |
      |---|---|---|---|
      | `offHeap`, `tiered`: `limitBytes` | required | at least eight blocks, within `-XX:MaxDirectMemorySize` | all the memory the cache may use; allocated at once |
      | `offHeap`, `tiered`: `blockBytes` | 256 KiB | a power of two, 4 KiB to 16 MiB | a read within one block is lent as one piece; a block takes its whole room even when only a page of it (a sixty-fourth) was read |
      """;

  @Test
  void theDocumentIsWhatTheOptionsSay() throws Exception {
    String made = HEAD + tables() + TAIL;
    if (Boolean.getBoolean("expressway.write")) {
      Files.writeString(DOCUMENT, made);
    }
    assertThat(Files.readString(DOCUMENT)).isEqualTo(made);
  }

  private static String tables() throws Exception {
    Path core = ROOT.resolve("core");
    Path cache = ROOT.resolve("cache");
    return String.join(
        "\n",
        new OptionTable(core, ExpressOptions.defaults()).markdown(),
        new OptionTable(core, UploadOptions.defaults()).markdown(),
        new OptionTable(core, WriteOptions.defaults()).markdown(),
        new OptionTable(core, RenameOptions.defaults()).markdown(),
        new OptionTable(ROOT.resolve("session"), SessionOptions.defaults()).markdown(),
        new OptionTable(cache, CacheOptions.defaults()).markdown(),
        new OptionTable(cache, DiskOptions.in(Path.of("blocks"), 1L << 30)).markdown(),
        new OptionTable(cache, ReaderOptions.defaults()).markdown(),
        new OptionTable(ROOT.resolve("multiaz"), MultiAzOptions.defaults()).markdown(),
        "");
  }
}

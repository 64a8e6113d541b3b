package io.expressway.jmh;

import io.expressway.jmh.HadoopReads.Reader;
import io.expressway.jmh.HadoopReads.Sample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** What {@link HadoopReads} found: {@code s3a.md}, {@code s3a.json}. Used by one thread. */
final class HadoopReadsReport {
  private static final String NAME = "s3a";

  /** Of the bytes asked for. */
  private static final double MOST_BYTES = 1.1;

  private final int rounds;
  private final Map<FileRead, Map<Reader, List<Sample>>> samples = new EnumMap<>(FileRead.class);

  HadoopReadsReport(int rounds) {
    this.rounds = rounds;
  }

  void add(FileRead read, Reader reader, Sample sample) {
    samples
        .computeIfAbsent(read, each -> new EnumMap<>(Reader.class))
        .computeIfAbsent(reader, each -> new ArrayList<>())
        .add(sample);
  }

  void write(Path out) throws IOException {
    Files.writeString(out.resolve(NAME + ".md"), markdown());
    Files.writeString(out.resolve(NAME + ".json"), json());
    Verdict.save(out, NAME, verdicts());
    System.out.print(markdown());
  }

  // Of the rounds.

  private List<Double> all(FileRead read, Reader reader, ToDoubleFunction<Sample> of) {
    return samples.getOrDefault(read, Map.of()).getOrDefault(reader, List.of()).stream()
        .map(of::applyAsDouble)
        .toList();
  }

  private double median(FileRead read, Reader reader, ToDoubleFunction<Sample> of) {
    return Rounds.median(all(read, reader, of));
  }

  /** Round by round, a reader's over ours. */
  private List<Double> overOurs(FileRead read, Reader reader, ToDoubleFunction<Sample> of) {
    return Rounds.ratios(all(read, reader, of), all(read, Reader.expressway, of));
  }

  // What is claimed.

  List<Verdict> verdicts() {
    List<Verdict> verdicts = new ArrayList<>();
    for (FileRead read : samples.keySet()) {
      for (Reader reader : Reader.values()) {
        if (reader.isPeer()) {
          verdicts.add(atLeastOurs(read, reader, "time", Sample::millis));
          verdicts.add(atLeastOurs(read, reader, "CPU", Sample::cpuMillis));
        }
      }
      if (read.isVectored()) {
        verdicts.add(fewGets(read));
      }
      verdicts.add(fewBytes(read));
    }
    return verdicts;
  }

  private Verdict atLeastOurs(
      FileRead read, Reader reader, String what, ToDoubleFunction<Sample> of) {
    return Verdict.ofRounds(
        read.title(),
        what + " of " + reader + " beside ours",
        "≥ 1.00 ×",
        "×",
        overOurs(read, reader, of),
        ratio -> ratio >= 1);
  }

  private Verdict fewGets(FileRead read) {
    double ours = median(read, Reader.expressway, Sample::gets);
    double least =
        Math.min(
            median(read, Reader.s3aClassic, Sample::gets),
            median(read, Reader.s3aAnalytics, Sample::gets));
    return Verdict.of(
            read.title(),
            "GETs, no more than S3A sends",
            format("≤ %.1f", least),
            format("%.1f", ours),
            ours <= least)
        .beside(peers("%s %.1f", reader -> median(read, reader, Sample::gets)));
  }

  private Verdict fewBytes(FileRead read) {
    double ours = sentOfAsked(read, Reader.expressway);
    return Verdict.of(
            read.title(),
            "bytes sent for each asked for",
            format("≤ %.2f", MOST_BYTES),
            format("%.3f", ours),
            ours <= MOST_BYTES)
        .beside(peers("%s %.3f", reader -> sentOfAsked(read, reader)));
  }

  private double sentOfAsked(FileRead read, Reader reader) {
    return median(read, reader, Sample::sentBytes) / read.askedBytes();
  }

  private static String peers(String format, ToDoubleFunction<Reader> of) {
    return Arrays.stream(Reader.values())
        .filter(Reader::isPeer)
        .map(reader -> format(format, reader, of.applyAsDouble(reader)))
        .collect(Collectors.joining(", "));
  }

  // What is told.

  private String markdown() {
    StringBuilder text = new StringBuilder("# Hadoop's S3A beside ours\n\n");
    text.append(JmhRounds.environment("jmh/run s3a"));
    text.append(
        format(
            "The service answers after 5 ms. Each reader is a process with a class path of its own"
                + " (S3A's is that of hadoop-aws 3.5.0, with its own SDK), on the last core, driven"
                + " alike; they take turns in each of %d rounds after %d to warm up, and none meets"
                + " an object twice. S3A and its two input streams have every setting at their"
                + " default, but for the endpoint and for signing with IAM keys, as ours does; the"
                + " read policy is what readers of columns ask for (`parquet, vector, random`) and"
                + " `whole-file, sequential`, for which ours has `ReaderOptions.sequential`, and vectored"
                + " reads go to heap buffers, which need no further copy. Medians over the rounds; × is the row's over ours, round by"
                + " round, median and quartiles: above 1 takes more than ours. CPU is the reader's"
                + " process, all threads. Loopback on a shared machine: read ratios.%n",
            rounds, HadoopReads.WARM_UP_ROUNDS));
    for (FileRead read : samples.keySet()) {
      text.append("\n## ").append(read.title()).append("\n\n");
      text.append("| reader | ms | × | CPU ms | × | GETs | HEADs | sent ÷ asked |\n");
      text.append("|---|---|---|---|---|---|---|---|\n");
      for (Reader reader : Reader.values()) {
        line(text, read, reader);
      }
    }
    return text.append('\n').append(Verdict.table("what", verdicts())).toString();
  }

  private void line(StringBuilder text, FileRead read, Reader reader) {
    text.append(
        format(
            "| %s | %.1f | %s | %.1f | %s | %.1f | %.1f | %.3f |%n",
            reader,
            median(read, reader, Sample::millis),
            spread(overOurs(read, reader, Sample::millis)),
            median(read, reader, Sample::cpuMillis),
            spread(overOurs(read, reader, Sample::cpuMillis)),
            median(read, reader, Sample::gets),
            median(read, reader, Sample::heads),
            sentOfAsked(read, reader)));
  }

  private static String spread(List<Double> ratios) {
    Rounds.Quartiles of = Rounds.quartiles(ratios);
    return format("%.2f (%.2f–%.2f)", of.median(), of.low(), of.high());
  }

  private String json() {
    List<String> lines = new ArrayList<>();
    samples.forEach(
        (read, readers) -> readers.keySet().forEach(reader -> lines.add(json(read, reader))));
    return format(
        "{\"rounds\":%d,%n\"readers\":[%n%s],%n\"verdicts\":[%n%s]}%n",
        rounds,
        String.join(",\n", lines),
        verdicts().stream().map(Verdict::json).collect(Collectors.joining(",\n")));
  }

  private String json(FileRead read, Reader reader) {
    return format(
        "{\"read\":\"%s\",\"reader\":\"%s\",\"askedBytes\":%d,\"millis\":%s,\"cpuMillis\":%s,"
            + "\"gets\":%s,\"heads\":%s,\"sentBytes\":%s}",
        read,
        reader,
        read.askedBytes(),
        Rounds.json(all(read, reader, Sample::millis)),
        Rounds.json(all(read, reader, Sample::cpuMillis)),
        Rounds.json(all(read, reader, Sample::gets)),
        Rounds.json(all(read, reader, Sample::heads)),
        Rounds.json(all(read, reader, Sample::sentBytes)));
  }

  private static String format(String text, Object... values) {
    return String.format(Locale.ROOT, text, values);
  }
}

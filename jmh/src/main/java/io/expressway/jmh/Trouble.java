package io.expressway.jmh;

import java.io.IOException;

/** What may happen to a zone, or to the client. */
enum Trouble {
  KILLED("killed"),
  STOPPED("stopped"),
  SILENT("takes all, answers nothing"),
  STORM("503 to everything"),
  SLOW("500 ms slower"),
  RESETS("resets in mid-body"),
  PAUSED("the client itself stopped");

  final String title;

  Trouble(String title) {
    this.title = title;
  }

  void begin(ZoneProcesses zones, int zone) throws IOException, InterruptedException {
    switch (this) {
      case KILLED -> zones.kill(zone);
      case STOPPED -> zones.signal(zone, "STOP");
      case PAUSED -> {}
      default -> {
        String unused = zones.ask(zone, name().toLowerCase(java.util.Locale.ROOT));
      }
    }
  }

  void end(ZoneProcesses zones, int zone) throws IOException, InterruptedException {
    switch (this) {
      case KILLED -> zones.restart(zone);
      case STOPPED -> zones.signal(zone, "CONT");
      case PAUSED -> {}
      default -> {
        String unused = zones.ask(zone, "clear");
      }
    }
  }

  /** Stops this process for so long, from outside. */
  static void pauseSelf(long millis) throws IOException, InterruptedException {
    long self = ProcessHandle.current().pid();
    int unused =
        new ProcessBuilder(
                "sh",
                "-c",
                "kill -STOP " + self + "; sleep " + millis / 1e3 + "; kill -CONT " + self)
            .inheritIO()
            .start()
            .waitFor();
  }
}

package io.expressway.spark;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import java.util.Map;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.apache.spark.api.plugin.SparkPlugin;

/**
 * Shows Spark's metrics system what the buckets do that the tasks of a JVM share: {@code
 * spark.plugins=io.expressway.spark.ExpressPlugin}. {@code docs/spark.md} lists the gauges. To read
 * one opens no bucket, makes no request and waits for none. Made by Spark.
 */
public final class ExpressPlugin implements SparkPlugin {
  private static final String DRIVER = "driver";

  @Override
  public DriverPlugin driverPlugin() {
    return new DriverPlugin() {
      @Override
      public void registerMetrics(String application, PluginContext context) {
        register(context.metricRegistry());
      }
    };
  }

  /** In local mode nothing: there the executor is the driver, and would show the same again. */
  @Override
  public ExecutorPlugin executorPlugin() {
    return new ExecutorPlugin() {
      @Override
      public void init(PluginContext context, Map<String, String> fromDriver) {
        if (!context.executorID().equals(DRIVER)) {
          register(context.metricRegistry());
        }
      }
    };
  }

  private static void register(MetricRegistry registry) {
    for (Measure measure : Measure.values()) {
      Gauge<Long> gauge = () -> SharedBuckets.sum(measure);
      registry.register(measure.key(), gauge);
    }
  }
}

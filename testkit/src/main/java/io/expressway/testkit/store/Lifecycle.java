package io.expressway.testkit.store;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What expires in a bucket. Kept, checked and told, not carried out: nothing here grows days old.
 *
 * <p>Source: API reference, PutBucketLifecycleConfiguration, GetBucketLifecycleConfiguration and
 * DeleteBucketLifecycle; User Guide, "Working with S3 Lifecycle for directory buckets" (expiration
 * and the end of unfinished uploads only: no transitions, no versions, no tags), read on
 * 2026-11-22.
 */
final class Lifecycle {
  private static final int MOST_RULES = 1000;
  private static final int LONGEST_ID = 255;
  private static final Set<String> ACTIONS = Set.of("Expiration", "AbortIncompleteMultipartUpload");
  private static final Set<String> DESCRIPTIONS = Set.of("ID", "Status", "Filter", "Prefix");

  private Lifecycle() {}

  static S3Response put(S3Request request, DirectoryBucket bucket) {
    Checksums.requireForDocument(request);
    XmlNode root = XmlNode.parse(request.body(), "LifecycleConfiguration");
    List<XmlNode> rules = root.all("Rule");
    if (rules.isEmpty() || rules.size() > MOST_RULES) {
      throw Refusals.malformedXml(
          "<LifecycleConfiguration> takes 1 to 1000 <Rule> elements, this one has "
              + rules.size()
              + ".");
    }
    rules.forEach(Lifecycle::check);
    bucket.lifecycle(StandardCharsets.UTF_8.decode(request.body().duplicate()).toString());
    return S3Response.empty(200, Map.of());
  }

  private static void check(XmlNode rule) {
    String status = rule.required("Status");
    if (!status.equals("Enabled") && !status.equals("Disabled")) {
      throw Refusals.malformedXml("<Status> is Enabled or Disabled, not " + status + ".");
    }
    String id = rule.value("ID");
    if (id != null && id.length() > LONGEST_ID) {
      throw Refusals.invalidArgument("ID", id, "ID length should not exceed allowed limit of 255");
    }
    if (rule.child("Filter") == null && rule.child("Prefix") == null) {
      throw Refusals.malformedXml("<Rule> needs a <Filter>.");
    }
    refuseUnknown(rule);
    checkActions(rule);
  }

  private static void refuseUnknown(XmlNode rule) {
    for (XmlNode each : rule.children()) {
      if (!ACTIONS.contains(each.name()) && !DESCRIPTIONS.contains(each.name())) {
        throw Refusals.invalidRequest(
            "Lifecycle rules of directory buckets do not support <" + each.name() + ">.");
      }
    }
    XmlNode filter = rule.child("Filter");
    if (filter != null && filter.child("Tag") != null) {
      throw Refusals.invalidRequest("Lifecycle rules of directory buckets do not support <Tag>.");
    }
  }

  private static void checkActions(XmlNode rule) {
    XmlNode expiration = rule.child("Expiration");
    XmlNode abort = rule.child("AbortIncompleteMultipartUpload");
    if (expiration == null && abort == null) {
      throw Refusals.invalidRequest("At least one action needs to be specified in a rule.");
    }
    if (expiration != null && expiration.child("Date") == null) {
      days(expiration, "Days");
    }
    if (abort != null) {
      days(abort, "DaysAfterInitiation");
    }
  }

  private static void days(XmlNode action, String name) {
    String days = action.required(name);
    if (!days.matches("[1-9][0-9]{0,8}")) {
      throw Refusals.invalidArgument(
          name, days, "'" + name + "' for " + action.name() + " action must be a positive integer");
    }
  }

  static S3Response get(DirectoryBucket bucket) {
    @Nullable String document = bucket.lifecycle();
    if (document == null) {
      throw new S3Error(
          404, "NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist");
    }
    return S3Response.xml(200, Map.of(), document);
  }

  static S3Response delete(DirectoryBucket bucket) {
    bucket.lifecycle(null);
    return S3Response.empty(204, Map.of());
  }
}

package io.expressway.testkit.store;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** GetObjectAttributes. Source: API reference, GetObjectAttributes, read on 2026-11-22. */
final class ObjectAttributes {
  private static final Set<String> KNOWN =
      Set.of("ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize");

  private ObjectAttributes() {}

  static S3Response answer(S3Request request, StoredObject object) {
    ObjectReads.requireNullVersion(request);
    Set<String> wanted = wanted(request);
    XmlBody xml = new XmlBody("GetObjectAttributesResponse");
    if (wanted.contains("ETag")) {
      xml.text("ETag", object.etag().substring(1, object.etag().length() - 1));
    }
    ObjectChecksum checksum = object.checksum();
    if (wanted.contains("Checksum") && checksum != null) {
      xml.open("Checksum").checksum(checksum).text("ChecksumType", checksum.type());
      xml.close("Checksum");
    }
    if (wanted.contains("ObjectParts") && object.multipart()) {
      parts(request, object, xml);
    }
    if (wanted.contains("StorageClass")) {
      xml.text("StorageClass", "EXPRESS_ONEZONE");
    }
    if (wanted.contains("ObjectSize")) {
      xml.number("ObjectSize", object.size());
    }
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("last-modified", HttpDates.header(object.modified()));
    return S3Response.xml(200, headers, xml.document());
  }

  private static Set<String> wanted(S3Request request) {
    String header = request.header("x-amz-object-attributes");
    Set<String> wanted = new TreeSet<>();
    for (String each : header == null ? new String[0] : header.split(",", -1)) {
      wanted.add(each.trim());
    }
    if (wanted.isEmpty() || !KNOWN.containsAll(wanted)) {
      throw Refusals.invalidArgument(
          "x-amz-object-attributes", String.valueOf(header), "Invalid attribute name specified.");
    }
    return wanted;
  }

  private static void parts(S3Request request, StoredObject object, XmlBody xml) {
    List<StoredObject.Part> parts = object.parts();
    int marker =
        (int) Math.min(Integer.MAX_VALUE - 1, number(request, "x-amz-part-number-marker", 0));
    int most = (int) Math.min(1000, number(request, "x-amz-max-parts", 1000));
    int end = Math.min(parts.size(), marker + most);
    xml.open("ObjectParts")
        .number("PartsCount", parts.size())
        .number("PartNumberMarker", marker)
        .number("NextPartNumberMarker", Math.max(marker, end))
        .number("MaxParts", most)
        .flag("IsTruncated", end < parts.size());
    for (int i = marker; i < end; i++) {
      xml.open("Part")
          .number("PartNumber", i + 1L)
          .number("Size", parts.get(i).size())
          .checksum(parts.get(i).checksum())
          .close("Part");
    }
    xml.close("ObjectParts");
  }

  private static long number(S3Request request, String header, long absent) {
    String text = request.header(header);
    return text == null ? absent : Numbers.notNegative(text, header);
  }
}

package io.expressway.internal.xml;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.function.BiConsumer;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * Walks the text elements of a small XML document. Names are matched without regard to order or
 * namespace, because the service's own order varies; document types and entities are refused.
 */
public final class ServiceXml {
  private static final XMLInputFactory FACTORY = factory();

  private ServiceXml() {}

  private static XMLInputFactory factory() {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_COALESCING, true);
    return factory;
  }

  /**
   * Passes every element's path, such as {@code ListBucketResult/Contents/Key}, with its own text
   * when it ends; a parent comes after its children.
   *
   * @throws XMLStreamException when the document is malformed
   */
  public static void walk(byte[] document, BiConsumer<String, String> visitor)
      throws XMLStreamException {
    try (InputStream bytes = new ByteArrayInputStream(document)) {
      walk(FACTORY.createXMLStreamReader(bytes), visitor);
    } catch (java.io.IOException e) {
      throw new IllegalStateException("memory does not fail to read", e);
    }
  }

  private static void walk(XMLStreamReader reader, BiConsumer<String, String> visitor)
      throws XMLStreamException {
    StringBuilder path = new StringBuilder();
    StringBuilder text = new StringBuilder();
    while (reader.hasNext()) {
      switch (reader.next()) {
        case XMLStreamConstants.START_ELEMENT -> {
          path.append(path.isEmpty() ? "" : "/").append(reader.getLocalName());
          text.setLength(0);
        }
        case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA ->
            text.append(reader.getText());
        case XMLStreamConstants.END_ELEMENT -> {
          visitor.accept(path.toString(), text.toString());
          path.setLength(Math.max(0, path.lastIndexOf("/")));
          text.setLength(0);
        }
        case XMLStreamConstants.DTD -> throw new XMLStreamException("document types are refused");
        default -> {}
      }
    }
  }
}

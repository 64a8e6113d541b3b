package io.expressway.testkit.store;

import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/**
 * One element of a request document. Namespaces are not looked at: SDKs differ in what they
 * declare.
 *
 * @param name the local name
 * @param text the text directly inside, as sent
 * @param children the elements directly inside, in order
 */
record XmlNode(String name, String text, List<XmlNode> children) {
  private static final int DEEPEST = 16;

  /**
   * Parses a request body. DTDs are refused, so that no entity is ever resolved.
   *
   * @param body the document; the position stays
   * @param root the expected root element
   * @throws S3Error 400 MalformedXML
   */
  static XmlNode parse(ByteBuffer body, String root) {
    byte[] bytes = new byte[body.remaining()];
    body.duplicate().get(bytes);
    try {
      XMLStreamReader in = factory().createXMLStreamReader(new ByteArrayInputStream(bytes));
      in.nextTag();
      XmlNode node = element(in, 0);
      if (!node.name().equals(root)) {
        throw Refusals.malformedXml("expected <" + root + ">, found <" + node.name() + ">.");
      }
      return node;
    } catch (XMLStreamException e) {
      throw Refusals.malformedXml("no well-formed <" + root + "> in the body.");
    }
  }

  /** The first child of that name. */
  @Nullable XmlNode child(String wanted) {
    for (XmlNode each : children) {
      if (each.name().equals(wanted)) {
        return each;
      }
    }
    return null;
  }

  /** The text of the first child of that name, null when there is none. */
  @Nullable String value(String wanted) {
    XmlNode node = child(wanted);
    return node == null ? null : node.text();
  }

  /**
   * The text of the first child of that name.
   *
   * @throws S3Error 400 MalformedXML when there is none
   */
  String required(String wanted) {
    String value = value(wanted);
    if (value == null) {
      throw Refusals.malformedXml("<" + name + "> needs a <" + wanted + ">.");
    }
    return value;
  }

  /** The children of that name. */
  List<XmlNode> all(String wanted) {
    return children.stream().filter(each -> each.name().equals(wanted)).toList();
  }

  private static XmlNode element(XMLStreamReader in, int depth) throws XMLStreamException {
    if (depth > DEEPEST) {
      throw new XMLStreamException("nested deeper than " + DEEPEST);
    }
    String name = in.getLocalName();
    StringBuilder text = new StringBuilder();
    List<XmlNode> children = new ArrayList<>();
    while (in.next() != XMLStreamConstants.END_ELEMENT) {
      if (in.isStartElement()) {
        children.add(element(in, depth + 1));
      } else if (in.isCharacters()) {
        text.append(in.getText());
      }
    }
    return new XmlNode(name, text.toString(), children);
  }

  private static XMLInputFactory factory() {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_COALESCING, true);
    return factory;
  }
}

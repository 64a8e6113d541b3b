package io.expressway.jmh;

/**
 * What does encryption cost? The reads of {@link RangedRead}, of a server with TLS and of one
 * without; ours with BoringSSL and with the JDK's TLS. Start it with {@code jmh/run tls}.
 */
public class TlsRead extends RangedRead {}

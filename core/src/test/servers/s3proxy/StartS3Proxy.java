import java.net.URI;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.TransientNio2BlobStore;

/**
 * Runs s3proxy with an empty store in memory on a free loopback port, which it prints, until its
 * standard input ends. Arguments: access key ID and secret access key, which it verifies.
 */
public class StartS3Proxy {
  public static void main(String[] args) throws Exception {
    S3Proxy server =
        S3Proxy.builder()
            .endpoint(URI.create("http://127.0.0.1:0"))
            .awsAuthentication(AuthenticationType.AWS_V4, args[0], args[1])
            .blobStore(new TransientNio2BlobStore())
            .build();
    server.start();
    System.out.println("LISTENING ON PORT " + server.getPort());
    while (System.in.read() >= 0) {
      // only its end tells something
    }
    System.exit(0);
  }
}

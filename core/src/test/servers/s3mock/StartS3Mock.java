import com.adobe.testing.s3mock.S3MockApplication;
import java.util.Map;
import org.apache.catalina.connector.Connector;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.Banner;
import org.springframework.boot.builder.SpringApplicationBuilder;

/**
 * Runs S3Mock with an empty store on a free loopback port, which it prints, until its standard
 * input ends. Its second connector listens on all interfaces by itself; here it does not.
 */
public class StartS3Mock {
  public static void main(String[] args) throws Exception {
    Map<String, Object> properties =
        Map.of("server.address", "127.0.0.1", "server.port", "0", "http.port", "0");
    var context =
        new SpringApplicationBuilder(S3MockApplication.class)
            .initializers(
                starting -> starting.getBeanFactory().addBeanPostProcessor(new OnLoopback()))
            .properties(properties)
            .bannerMode(Banner.Mode.OFF)
            .run();
    System.out.println(
        "LISTENING ON PORT " + context.getEnvironment().getProperty("local.server.port"));
    while (System.in.read() >= 0) {
      // only its end tells something
    }
    System.exit(0);
  }

  static class OnLoopback implements BeanPostProcessor {
    @Override
    public Object postProcessBeforeInitialization(Object bean, String name) {
      if (bean instanceof Connector connector) {
        connector.setProperty("address", "127.0.0.1");
      }
      return bean;
    }
  }
}

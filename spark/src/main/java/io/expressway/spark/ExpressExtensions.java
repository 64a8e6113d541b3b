package io.expressway.spark;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.spark.sql.SparkSessionExtensions;
import org.apache.spark.sql.catalyst.FunctionIdentifier;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.ExpressionInfo;
import org.apache.spark.sql.catalyst.expressions.ScalaUDF;
import org.apache.spark.sql.internal.SQLConf;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import scala.Function1;
import scala.Function2;
import scala.Function3;
import scala.Option;
import scala.Tuple3;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;
import scala.runtime.BoxedUnit;

/**
 * Gives every session the functions of {@link ExpressFunctions}, over the bucket that its keys
 * {@code spark.expressway.*} describe: {@code
 * spark.sql.extensions=io.expressway.spark.ExpressExtensions}. For places where nobody can call
 * {@link ExpressFunctions#register}: spark-sql, the Thrift server, a notebook's SQL.
 *
 * <p>The keys are read when a statement is analysed, which fails with {@link
 * IllegalArgumentException} naming the key that is unknown, wrong or missing. An application uses
 * either this or {@code register}: which of two functions of one name wins depends on Spark's
 * version. Made by Spark.
 */
public final class ExpressExtensions implements Function1<SparkSessionExtensions, BoxedUnit> {
  private interface Read extends Function3<Object, Object, Object, byte[]>, Serializable {}

  private interface Stat extends Function1<Object, Object>, Serializable {}

  private interface Write extends Function2<Object, Object, Object>, Serializable {}

  @Override
  public BoxedUnit apply(SparkSessionExtensions extensions) {
    inject(extensions, ReadFunction.NAME, List.of("key", "offset", "length"), this::read);
    inject(extensions, StatFunction.NAME, List.of("key"), this::stat);
    inject(extensions, WriteFunction.NAME, List.of("key", "bytes"), this::write);
    return BoxedUnit.UNIT;
  }

  private static void inject(
      SparkSessionExtensions extensions,
      String name,
      List<String> parameters,
      Function<Seq<Expression>, Expression> call) {
    extensions.injectFunction(
        Tuple3.apply(
            new FunctionIdentifier(name),
            new ExpressionInfo(ExpressFunctions.class.getName(), name),
            arguments -> {
              if (arguments.length() != parameters.size()) {
                throw new IllegalArgumentException(
                    name + " takes " + parameters + ", but was given " + arguments.length());
              }
              return call.apply(arguments);
            }));
  }

  private Expression read(Seq<Expression> arguments) {
    ReadFunction function = new ReadFunction(bucket());
    Read read = function::call;
    return call(ReadFunction.NAME, read, DataTypes.BinaryType, arguments, true);
  }

  private Expression stat(Seq<Expression> arguments) {
    StatFunction function = new StatFunction(bucket());
    Stat stat = function::call;
    return call(StatFunction.NAME, stat, StatFunction.OBJECT, arguments, true);
  }

  private Expression write(Seq<Expression> arguments) {
    WriteFunction function = new WriteFunction(bucket());
    Write write = function::call;
    return call(WriteFunction.NAME, write, StatFunction.OBJECT, arguments, false);
  }

  private static BucketDescription bucket() {
    Map<String, String> conf = CollectionConverters.asJava(SQLConf.get().getAllConfs());
    return BucketDescription.from(conf).checked();
  }

  /** As Spark itself registers a function of Java's. */
  private static Expression call(
      String name,
      Object function,
      DataType result,
      Seq<Expression> arguments,
      boolean isDeterministic) {
    return new ScalaUDF(
        function,
        result,
        arguments,
        CollectionConverters
            .<Option<org.apache.spark.sql.catalyst.encoders.ExpressionEncoder<?>>>asScala(List.of())
            .toSeq(),
        Option.empty(),
        Option.apply(name),
        true,
        isDeterministic);
  }
}

"""The SQL functions from Python: results as stored, NULL, and an error that names key and range."""
import sys
import zlib

from pyspark.sql import SparkSession

expected = {int(pair.split("=")[0]): int(pair.split("=")[1]) for pair in sys.argv[1].split(",")}

spark = SparkSession.builder.getOrCreate()
spark.sparkContext.setLogLevel("OFF")
spark._jvm.io.expressway.spark.ExpressFunctions.register(spark._jsparkSession)

rows = spark.sql(
    f"SELECT id, express_read(concat('part/', id), 0, 4096) AS head FROM range({len(expected)})"
).collect()
assert {row.id: zlib.crc32(row.head) for row in rows} == expected

row = spark.sql(
    "SELECT express_read('part/0', NULL, 1) AS nothing, express_stat('part/0').size AS size,"
    " express_stat('none') AS absent, express_write('python', CAST('hello' AS BINARY)).size AS written"
).first()
assert (row.nothing, row.size, row.absent, row.written) == (None, 16384, None, 5), row

spark.range(3).selectExpr("concat('part/', id) AS key").createOrReplaceTempView("files")
spark.sql("SELECT express_read(key, 0, 4096) AS head FROM files").show()

try:
    spark.sql("SELECT express_read('none', 5, 7)").collect()
    raise SystemExit("reading what is not there succeeded")
except Exception as e:
    assert "none" in str(e) and "bytes=5-11" in str(e), e

print("python is right")
spark.stop()

package io.expressway;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What callers can see of us, and what they cannot. */
final class ApiTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .withImportOption(location -> !location.contains("/testkit/"))
          .importPackages("io.expressway");

  /** The only types in exported signatures that are neither ours nor the JDK's. */
  private static final List<String> GUESTS =
      List.of(
          "io.expressway.BucketMetrics -> io.micrometer.core.instrument.binder.MeterBinder",
          "io.expressway.BucketMetrics.<init> -> io.micrometer.core.instrument.Tag",
          "io.expressway.BucketMetrics.bindTo -> io.micrometer.core.instrument.MeterRegistry",
          "io.expressway.RequestTimers.<init> -> io.micrometer.core.instrument.MeterRegistry",
          "io.expressway.RequestTimers.<init> -> io.micrometer.core.instrument.Tag",
          "io.expressway.Credentials.of -> software.amazon.awssdk.auth.credentials"
              + ".AwsCredentialsProvider",
          "io.expressway.ExpressDirectory.over -> software.amazon.awssdk.services.s3.S3AsyncClient",
          "io.expressway.SdkBucket.over -> software.amazon.awssdk.services.s3.S3AsyncClient",
          "io.expressway.Slice.asBytesStore -> net.openhft.chronicle.bytes.BytesStore");

  @Test
  void exportedSignaturesNameOnlyTheJdkAndUs() {
    Set<String> strangers = new TreeSet<>();
    for (JavaClass type : CLASSES) {
      if (isExported(type)) {
        type.getMembers().stream()
            .filter(ApiTest::isExported)
            .forEach(member -> strangers.addAll(strangers(type, member)));
        type.getAllRawInterfaces().forEach(base -> addStranger(type.getName(), base, strangers));
        type.getAllRawSuperclasses().forEach(base -> addStranger(type.getName(), base, strangers));
      }
    }
    assertThat(strangers).containsExactlyInAnyOrderElementsOf(GUESTS);
  }

  private static boolean isExported(JavaClass type) {
    return type.getModifiers().contains(JavaModifier.PUBLIC)
        && !type.getPackageName().contains(".internal")
        && type.getEnclosingClass().map(ApiTest::isExported).orElse(true);
  }

  private static boolean isExported(JavaMember member) {
    return member.getModifiers().contains(JavaModifier.PUBLIC)
        || member.getModifiers().contains(JavaModifier.PROTECTED);
  }

  private static Set<String> strangers(JavaClass owner, JavaMember member) {
    Set<String> found = new TreeSet<>();
    Stream<JavaClass> signature =
        member instanceof JavaCodeUnit code
            ? Stream.of(
                    code.getReturnType().getAllInvolvedRawTypes().stream(),
                    code.getParameters().stream()
                        .flatMap(
                            parameter -> parameter.getType().getAllInvolvedRawTypes().stream()),
                    code.getThrowsClause().getTypes().stream())
                .flatMap(types -> types)
            : ((JavaField) member).getType().getAllInvolvedRawTypes().stream();
    signature.forEach(type -> addStranger(owner.getName() + "." + member.getName(), type, found));
    return found;
  }

  private static void addStranger(String where, JavaClass type, Set<String> found) {
    JavaClass base = type.getBaseComponentType();
    boolean isKnown =
        base.isPrimitive()
            || base.getPackageName().startsWith("java.")
            || (base.getPackageName().startsWith("io.expressway") && isExported(base));
    if (!isKnown) {
      found.add(where + " -> " + base.getName());
    }
  }

  @Test
  void theWireDoesNotUseTheSdk() {
    noClasses()
        .that()
        .resideInAPackage("io.expressway.internal..")
        .should()
        .dependOnClassesThat(resideInAnyPackage("software.amazon.."))
        .check(CLASSES);
  }

  @Test
  void nobodyElseUsesWhatIsInternal() {
    noClasses()
        .that(
            describe(
                "are neither internal nor a bucket's",
                type ->
                    !type.getPackageName().startsWith("io.expressway.internal")
                        && !Set.of(
                                "ExpressBucket",
                                "StandardBucket",
                                "SdkBucket",
                                "SdkUpload",
                                "SdkWrites")
                            .contains(type.getSimpleName())))
        .should()
        .dependOnClassesThat(resideInAnyPackage("io.expressway.internal.."))
        .check(CLASSES);
  }
}

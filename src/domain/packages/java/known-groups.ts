// SPDX-License-Identifier: Apache-2.0

/**
 * Groups of much used libraries whose builds (Gradle, sbt, Ant) write no `pom.properties` into their jars, by the artifact. The
 * first that fits counts.
 */
const KNOWN_GROUPS: readonly (readonly [artifact: RegExp, group: string])[] = [
  [/^spring-boot(-|$)/, "org.springframework.boot"],
  [/^spring-security-/, "org.springframework.security"],
  [/^spring-session-/, "org.springframework.session"],
  [/^spring-integration-/, "org.springframework.integration"],
  [/^spring-batch-/, "org.springframework.batch"],
  [/^spring-(amqp|rabbit)$/, "org.springframework.amqp"],
  [/^spring-kafka$/, "org.springframework.kafka"],
  [/^spring-graphql$/, "org.springframework.graphql"],
  [/^spring-ldap-/, "org.springframework.ldap"],
  [/^spring-(ws|xml)(-|$)/, "org.springframework.ws"],
  [
    /^spring-(aop|aspects|beans|context|context-indexer|context-support|core|expression|instrument|jcl|jdbc|jms|messaging|orm|oxm|r2dbc|test|tx|web|webflux|webmvc|webmvc-portlet|websocket)$/,
    "org.springframework",
  ],
  [/^tomcat-embed-/, "org.apache.tomcat.embed"],
  [/^(kotlin-stdlib|kotlin-reflect)/, "org.jetbrains.kotlin"],
  [/^kotlinx-/, "org.jetbrains.kotlinx"],
  [/^ktor-/, "io.ktor"],
  [/^scala-(library|compiler|reflect)$/, "org.scala-lang"],
  [/^akka-http/, "com.typesafe.akka"],
  [/^akka-[a-z-]+_\d/, "com.typesafe.akka"],
  [/^okhttp(-|$)/, "com.squareup.okhttp3"],
  [/^okio(-|$)/, "com.squareup.okio"],
  [/^grpc-/, "io.grpc"],
  [/^micrometer-/, "io.micrometer"],
  [/^opentelemetry-/, "io.opentelemetry"],
  [/^reactor-core$/, "io.projectreactor"],
  [/^reactor-netty/, "io.projectreactor.netty"],
  [/^resilience4j-/, "io.github.resilience4j"],
  [/^hibernate-core$/, "org.hibernate"],
  [/^mongodb-driver-|^bson$/, "org.mongodb"],
  [/^mysql-connector-java$/, "mysql"],
  [/^mysql-connector-j$/, "com.mysql"],
  [/^postgresql$/, "org.postgresql"],
  [/^mssql-jdbc$/, "com.microsoft.sqlserver"],
  [/^h2$/, "com.h2database"],
  [/^derby(client|net|tools)?$/, "org.apache.derby"],
  [/^java-jwt$/, "com.auth0"],
  [/^kafka(-clients|-streams|_2\.\d+)?$/, "org.apache.kafka"],
  [/^elasticsearch(-[a-z-]+)?$/, "org.elasticsearch"],
  [/^opensearch(-[a-z-]+)?$/, "org.opensearch"],
  [/^lucene-/, "org.apache.lucene"],
  [/^solr-(core|solrj)$/, "org.apache.solr"],
  [/^bc(prov|pkix|util|mail|pg|tls)-/, "org.bouncycastle"],
  [/^batik-/, "org.apache.xmlgraphics"],
  [/^struts2-/, "org.apache.struts"],
  [/^ant(-[a-z]+)?$/, "org.apache.ant"],
  [/^xz$/, "org.tukaani"],
  [/^freemarker$/, "org.freemarker"],
  [/^xercesImpl$/, "xerces"],
  [/^jsr305$/, "com.google.code.findbugs"],
  [/^jsr250-api$/, "javax.annotation"],
];

/** Artifacts of old that are called like their group. */
const OWN_GROUP =
  /^(aopalliance|classworlds|commons-(beanutils|cli|codec|collections|dbcp|digester|fileupload|httpclient|io|lang|logging|net|pool|validator)|javax\.inject|junit|log4j|oro|velocity|xalan|xml-apis)$/;

/** Artifacts whose group changed with a major version. */
const MOVED: readonly (readonly [artifact: RegExp, since: number, before: string, after: string])[] = [
  [/^asm(-(analysis|commons|tree|util))?$/, 4, "asm", "org.ow2.asm"],
  [/^dom4j$/, 2, "dom4j", "org.dom4j"],
  [/^groovy(-[a-z]+)?$/, 4, "org.codehaus.groovy", "org.apache.groovy"],
];

/** The group under which Maven Central has the artifact in this version, if it is one of the list. */
export function knownGroup(artifact: string, version: string): string | undefined {
  if (OWN_GROUP.test(artifact)) {
    return artifact;
  }
  const [, since, before, after] = MOVED.find(([pattern]) => pattern.test(artifact)) ?? [];
  if (since !== undefined) {
    return Number.parseInt(version, 10) < since ? before : after;
  }
  return KNOWN_GROUPS.find(([pattern]) => pattern.test(artifact))?.[1];
}

// SPDX-License-Identifier: Apache-2.0
import { parseJarName } from "./jar-name.ts";
import { knownGroup } from "./known-groups.ts";

/** What a jar is called where Maven finds it. */
export interface MavenCoordinates {
  /** Absent when nothing says it: a file name has only the artifact. */
  readonly group?: string;
  readonly artifact: string;
  readonly version: string;
}

const GROUP = /^[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)+$/;

/** Jars of the Tomcat distribution: no version in their names, and other artifacts than their names say. */
const TOMCAT_ARTIFACTS: Readonly<Record<string, readonly string[]>> = {
  // Advisories about the distribution are written for `tomcat`.
  catalina: ["tomcat-catalina", "tomcat"],
  "tomcat-coyote": ["tomcat-coyote"],
  jasper: ["tomcat-jasper"],
  "tomcat-websocket": ["tomcat-websocket"],
};

/**
 * The coordinates of a jar without `pom.properties`, from its file name and manifest; none when they say no version. The
 * file name goes before the manifest, where versions are often those of a build or a specification.
 */
export function identifyJar(path: string, manifest: ReadonlyMap<string, string>): readonly MavenCoordinates[] {
  const { artifact, version: namedVersion } = parseJarName(path);
  const version = namedVersion ?? versionOf(manifest);
  if (version === undefined || artifact === "") {
    return [];
  }
  const ofTomcat = Object.hasOwn(TOMCAT_ARTIFACTS, artifact) ? TOMCAT_ARTIFACTS[artifact] : undefined;
  if (ofTomcat !== undefined && manifest.get("Implementation-Title") === "Apache Tomcat") {
    return ofTomcat.map((each) => ({ group: "org.apache.tomcat", artifact: each, version }));
  }
  const group = groupOf(artifact, version, manifest);
  // Only the file name of a release is a name that Maven knows; `app.jar` is whatever its makers call it.
  if (namedVersion === undefined && group === undefined) {
    return [];
  }
  return [{ ...(group !== undefined && { group }), artifact, version }];
}

function versionOf(manifest: ReadonlyMap<string, string>): string | undefined {
  return [manifest.get("Implementation-Version"), manifest.get("Bundle-Version")].find((each) =>
    /^\d[\w.+-]{0,100}$/.test(each ?? ""),
  );
}

function groupOf(artifact: string, version: string, manifest: ReadonlyMap<string, string>): string | undefined {
  const vendor = manifest.get("Implementation-Vendor-Id") ?? "";
  return knownGroup(artifact, version) ?? (GROUP.test(vendor) ? vendor : undefined);
}

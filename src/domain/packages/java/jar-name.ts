// SPDX-License-Identifier: Apache-2.0

/** Archives of Java: libraries, web and enterprise applications, service archives, plugins of Jenkins, bundles of Karaf. */
const ARCHIVE = /\.(?:jar|war|ear|par|sar|hpi|jpi|kar)$/i;

/** Whether the path is that of a Java archive. Cheap. */
export function isJarPath(path: string): boolean {
  const third = path.charCodeAt(path.length - 4);
  return third === 0x2e && ARCHIVE.test(path);
}

const NAME_AND_VERSION = /^(.{1,200}?)-(\d[0-9A-Za-z.+_-]{0,100})$/;

/** Artifact and version of a file name as Maven writes it, `log4j-core-2.14.1.jar`; without version when it has none. */
export function parseJarName(path: string): { readonly artifact: string; readonly version?: string } {
  const base = path.slice(path.lastIndexOf("/") + 1).replace(ARCHIVE, "");
  const [, artifact, version] = NAME_AND_VERSION.exec(base) ?? [];
  return artifact === undefined || version === undefined ? { artifact: base } : { artifact, version };
}

// SPDX-License-Identifier: Apache-2.0

/** A package name with what stands behind its `@`. */
export interface NameAndVersion {
  readonly name: string;
  readonly version: string;
}

/** `name@version` or `@scope/name@version` in two; the version may hold another `@`. `undefined` without one. */
export function splitAtVersion(text: string): NameAndVersion | undefined {
  const at = text.indexOf("@", 1);
  return at < 0 ? undefined : { name: text.slice(0, at), version: text.slice(at + 1) };
}

/** What `npm:name@version` stands for: a package that is installed under another name. */
export function withoutNpmAlias(version: string): NameAndVersion | undefined {
  return version.startsWith("npm:") ? splitAtVersion(version.slice(4)) : undefined;
}

/** Whether the address leads to a folder of the project, whose code is no package of anybody. An archive is one. */
export function isLocalFolder(version: string): boolean {
  return /^(?:file|link|portal|workspace|root):/.test(version) && !/\.(?:tgz|tar\.gz|tar)(?:[#:].*)?$/.test(version);
}

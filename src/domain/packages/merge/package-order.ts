// SPDX-License-Identifier: Apache-2.0
import type { FoundPackage, OsPackageType, Package } from "../inventory.ts";

/** Orders packages by type, name, version, path, architecture; code units, so that no locale changes a report. */
export function comparePackages(a: Package, b: Package): number {
  return (
    compare(a.type, b.type) ||
    compare(a.name, b.name) ||
    compare(a.version, b.version) ||
    compare(a.evidence.path, b.evidence.path) ||
    compare(a.architecture ?? "", b.architecture ?? "")
  );
}

/** Whether the package is one of the operating system. */
export function isOsPackage(found: FoundPackage): found is FoundPackage & { readonly type: OsPackageType } {
  return found.type === "deb" || found.type === "apk" || found.type === "rpm";
}

/**
 * What makes two packages the same installation. A package database may be seen at two paths (lib is a link to
 * usr/lib; status beside status.d), and says the same there; a language package at two paths is installed twice.
 */
export function packageKey(found: FoundPackage, path: string): string {
  const place = isOsPackage(found) ? "" : path;
  return JSON.stringify([found.type, found.name, found.version, found.architecture ?? "", place]);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

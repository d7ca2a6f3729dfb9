// SPDX-License-Identifier: Apache-2.0
import type { AnalysisContext } from "../analyzer.ts";
import type { FoundPackage } from "../inventory.ts";
import { isCleanText, quoteText } from "../untrusted-text.ts";
import { withEpoch } from "./epoch.ts";
import { ownedPaths } from "./owned-paths.ts";
import type { RpmHeader } from "./rpm-header.ts";

/** An installed package as its header tells it. */
export interface RpmPackage {
  readonly found: FoundPackage;
  readonly epoch: number;
  /** The file name of the source package, `openssl-3.0.7-24.el9.src.rpm`. */
  readonly sourceRpm: string | undefined;
  readonly paths: readonly string[];
  readonly hasTooLongPaths: boolean;
}

/** rpm's own entries for the keys that it trusts. */
const KEY_PACKAGE = "gpg-pubkey";

/** The characters that rpmbuild takes, and `~` and `^`, which older ones took too. */
const PACKAGE_NAME = /^[A-Za-z0-9._][A-Za-z0-9._+~^-]*$/;

/** `name:stream:version:context:architecture`; advisories speak of name and stream. */
const MODULARITY_LABEL = /^([^:\s]+:[^:\s]+):/;

/** The package; `undefined` for what is no software; a text when the header says too little. */
export function installedPackage(
  header: RpmHeader,
  context: AnalysisContext | undefined,
): RpmPackage | string | undefined {
  const name = header.text("name");
  const version = header.text("version");
  const release = header.text("release");
  if (name === KEY_PACKAGE) {
    return undefined;
  }
  if (!isCleanText(name) || !PACKAGE_NAME.test(name) || !isCleanText(version) || !isCleanText(release)) {
    const found = [name, version, release].map((each) => quoteText(each ?? "")).join(", ");
    return `expected a package's name, version and release, found ${found}`;
  }
  const epoch = header.number("epoch") ?? 0;
  const { paths, isCut } = ownedPaths(header, context);
  const told = {
    architecture: header.text("architecture"),
    vendor: header.text("vendor"),
    license: header.text("license"),
    module: MODULARITY_LABEL.exec(header.text("modularityLabel") ?? "")?.[1],
  };
  return {
    found: {
      type: "rpm",
      name,
      version: withEpoch(epoch, `${version}-${release}`),
      ...(isCleanText(told.architecture) && { architecture: told.architecture }),
      ...(isCleanText(told.license) && { licenses: [told.license] }),
      ...(isCleanText(told.module) && { module: told.module }),
      ...(isCleanText(told.vendor) && { vendor: told.vendor }),
    },
    epoch,
    sourceRpm: header.text("sourceRpm"),
    paths,
    hasTooLongPaths: isCut,
  };
}

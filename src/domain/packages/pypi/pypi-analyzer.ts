// SPDX-License-Identifier: Apache-2.0
import type { Analyzer } from "../analyzer.ts";
import { hasEnding } from "../languages/file-names.ts";
import type { PackageClaims } from "../languages/package-claims.ts";
import { createInstalledAnalyzer } from "../languages/text-analyzer.ts";
import { quoteText } from "../untrusted-text.ts";
import { licensesOfMetadata } from "./licenses-of-metadata.ts";
import { normalizePythonName } from "./normalize-python-name.ts";
import { readMetadata } from "./read-metadata.ts";

/** `~` is how pip marks what it could not delete; it is ignored there too. */
const METADATA = /(?:^|\/)[^/~][^/]*\.(?:dist-info\/METADATA|egg-info\/PKG-INFO|egg\/EGG-INFO\/PKG-INFO|egg-info)$/;

/** Installed Python distributions: dist-info folders (PEP 376, PEP 627), and egg-info as a file or a folder. */
export const pypiAnalyzer: Analyzer = createInstalledAnalyzer({
  name: "pypi",
  version: "1",
  type: "pypi",
  probes: ["METADATA", "PKG-INFO"],
  wants: hasEnding(["/METADATA", "/PKG-INFO", ".egg-info"], (path) => METADATA.test(path)),
  read,
});

function read(text: string, claims: PackageClaims): void {
  const metadata = readMetadata(text);
  const [written = ""] = metadata.get("name") ?? [];
  const name = normalizePythonName(written);
  if (name === undefined) {
    claims.addProblem("ENTRY_MALFORMED", `expected the name of a Python package, found ${quoteText(written)}`);
    return;
  }
  claims.add(name, metadata.get("version")?.[0], { licenses: licensesOfMetadata(metadata) });
}

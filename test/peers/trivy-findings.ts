// SPDX-License-Identifier: Apache-2.0
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PackageURL } from "packageurl-js";
import { canonicalPackageName } from "#advisories";
import { findTrivy } from "../../bench/trivy.ts";
import { runTool } from "../support/run-tool.ts";
import { nameOf, versionOf, writeJavaDatabase } from "./trivy-packages.ts";

/** A vulnerability of a package as one of the two programs lists it; words as we write them. */
export interface ListedFinding {
  readonly type: string;
  readonly name: string;
  readonly version: string;
  readonly id: string;
  readonly aliases: readonly string[];
  readonly fixed: readonly string[];
  readonly severity: string;
  /** Trivy's word for what the vendor decided. */
  readonly status?: string;
  readonly path: string;
}

/** What Trivy finds in an OCI layout or a bill of materials with the database. */
export async function findWithTrivy(
  kind: "image" | "sbom",
  location: string,
  database: string,
): Promise<readonly ListedFinding[]> {
  const program = await findTrivy();
  const work = mkdtempSync(join(tmpdir(), "haechi-trivy-"));
  try {
    mkdirSync(join(work, "db"));
    cpSync(database, join(work, "db"), { recursive: true });
    writeJavaDatabase(join(work, "java-db"));
    const output = join(work, "report.json");
    const result = await runTool(program, [
      ...(kind === "image" ? ["image", "--input"] : ["sbom"]),
      ...[location, "--scanners", "vuln", "--format", "json", "--output", output, "--quiet", "--cache-dir", work],
      ...["--skip-db-update", "--skip-java-db-update", "--offline-scan"],
    ]);
    if (result.code !== 0) {
      throw new Error(`trivy failed: ${result.stderr}`);
    }
    return readReport(readFileSync(output, "utf8"));
  } finally {
    rmSync(work, { recursive: true });
  }
}

interface Report {
  readonly Results?: readonly {
    readonly Target: string;
    readonly Vulnerabilities?: readonly {
      readonly VulnerabilityID: string;
      readonly VendorIDs?: readonly string[];
      readonly PkgPath?: string;
      readonly PkgIdentifier: { readonly PURL?: string };
      readonly FixedVersion?: string;
      readonly Severity: string;
      readonly Status?: string;
    }[];
  }[];
}

function readReport(text: string): readonly ListedFinding[] {
  const { Results: results = [] } = JSON.parse(text) as Report;
  return results.flatMap(({ Target: target, Vulnerabilities: vulnerabilities = [] }) =>
    vulnerabilities.map((each) => {
      const purl = PackageURL.fromString(each.PkgIdentifier.PURL ?? "");
      return {
        type: purl.type,
        // the spellings of names and of the standard library's version are differences of the lists of packages
        name: purl.type === "pypi" ? canonicalPackageName("PyPI", nameOf(purl)) : nameOf(purl),
        version: purl.name === "stdlib" ? versionOf(purl).replace(/^v/, "") : versionOf(purl),
        id: each.VulnerabilityID,
        aliases: each.VendorIDs ?? [],
        fixed: (each.FixedVersion ?? "").split(", ").filter((version) => version !== ""),
        severity: each.Severity.toLowerCase(),
        ...(each.Status === undefined ? {} : { status: each.Status }),
        path: each.PkgPath ?? target,
      };
    }),
  );
}

// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { PackageURL } from "packageurl-js";
import { findTrivy } from "../../bench/trivy.ts";
import { runTool } from "../support/run-tool.ts";

/** A package as one of the two programs lists it; names as we write them. */
export interface ListedPackage {
  readonly type: string;
  readonly name: string;
  readonly version: string;
  /** Where it was seen; Trivy does not say it of programs. */
  readonly path: string;
  /** `NAME VERSION` of the source package that a Debian package was built from. */
  readonly source?: string;
}

/** Jars of Maven Central that Trivy would know by its database of checksums, which is fetched from where no test may go. */
export const MAVEN_CENTRAL_JARS: readonly (readonly [
  group: string,
  artifact: string,
  version: string,
  sha1: string,
])[] = [
  ["org.springframework", "spring-jcl", "5.3.20", "35119231d09863699567ce579c21512ddcbc5407"],
  ["javax.inject", "javax.inject", "1", "6975da39a7040257bd51d21a231b76c915872d38"],
  ["commons-logging", "commons-logging", "1.0.4", "f029a2aefe2b3e1517573c580f948caac31b1056"],
];

/** The packages that Trivy lists for an OCI layout. */
export async function listWithTrivy(image: string): Promise<readonly ListedPackage[]> {
  const program = await findTrivy();
  const work = mkdtempSync(join(tmpdir(), "haechi-trivy-"));
  try {
    writeJavaDatabase(join(work, "java-db"));
    const output = join(work, "sbom.json");
    const result = await runTool(program, [
      ...["image", "--input", image, "--format", "cyclonedx", "--output", output, "--quiet", "--cache-dir", work],
      ...["--skip-db-update", "--skip-java-db-update", "--offline-scan"],
    ]);
    if (result.code !== 0) {
      throw new Error(`trivy failed: ${result.stderr}`);
    }
    return readComponents(readFileSync(output, "utf8"));
  } finally {
    rmSync(work, { recursive: true });
  }
}

interface Component {
  readonly purl?: string;
  readonly properties?: readonly { readonly name: string; readonly value: string }[];
}

function readComponents(sbom: string): readonly ListedPackage[] {
  const { components } = JSON.parse(sbom) as { readonly components: readonly Component[] };
  return components.flatMap(({ purl, properties }) => {
    if (purl === undefined) {
      return [];
    }
    const parsed = PackageURL.fromString(purl);
    const found = { type: parsed.type, name: nameOf(parsed), version: versionOf(parsed), path: valueOf("FilePath") };
    return [parsed.type === "deb" ? { ...found, source: sourceOf() } : found];

    function valueOf(key: string): string {
      return properties?.find(({ name }) => name === `aquasecurity:trivy:${key}`)?.value ?? "";
    }

    function sourceOf(): string {
      const [epoch, release] = [valueOf("SrcEpoch"), valueOf("SrcRelease")];
      return `${valueOf("SrcName")} ${epoch && `${epoch}:`}${valueOf("SrcVersion")}${release && `-${release}`}`;
    }
  });
}

/** The name as our packages have it. */
export function nameOf({ type, namespace, name }: PackageURL): string {
  if (["deb", "apk", "rpm"].includes(type) || !namespace) {
    return name;
  }
  return `${namespace}${type === "maven" ? ":" : "/"}${name}`;
}

/** The version as our packages have it, with the epoch. */
export function versionOf({ version, qualifiers }: PackageURL): string {
  const epoch = qualifiers?.["epoch"];
  return `${epoch === undefined ? "" : `${epoch}:`}${version ?? ""}`;
}

/** Writes what Trivy asks about jars, so that it need not be fetched. */
export function writeJavaDatabase(folder: string): void {
  mkdirSync(folder);
  const dates = {
    NextUpdate: "2100-01-01T00:00:00Z",
    UpdatedAt: "2026-01-01T00:00:00Z",
    DownloadedAt: "2026-01-01T00:00:00Z",
  };
  writeFileSync(join(folder, "metadata.json"), JSON.stringify({ Version: 1, ...dates }));
  const database = new DatabaseSync(join(folder, "trivy-java.db"));
  database.exec("CREATE TABLE artifacts (id INTEGER PRIMARY KEY, group_id TEXT, artifact_id TEXT)");
  database.exec("CREATE TABLE indices (artifact_id INTEGER, version TEXT, sha1 BLOB, archive_type TEXT)");
  for (const [index, [group, artifact, version, sha1]] of MAVEN_CENTRAL_JARS.entries()) {
    database.prepare("INSERT INTO artifacts VALUES (?, ?, ?)").run(index, group, artifact);
    database.prepare("INSERT INTO indices VALUES (?, ?, ?, 'jar')").run(index, version, Buffer.from(sha1, "hex"));
  }
  database.close();
}

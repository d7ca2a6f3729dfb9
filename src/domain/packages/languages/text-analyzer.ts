// SPDX-License-Identifier: Apache-2.0
import { LIMITS } from "#base";
import { AnalysisCollector } from "../analysis-collector.ts";
import type { Analyzer } from "../analyzer.ts";
import type { PackageType } from "../inventory.ts";
import { decodeText } from "../untrusted-text.ts";
import { isInsideDependency, type PathTest } from "./file-names.ts";
import { PackageClaims } from "./package-claims.ts";

/** A format in text that names packages of one type. */
export interface TextFormat {
  readonly name: string;
  readonly version: string;
  readonly type: PackageType;
  /** See `Analyzer`. */
  readonly probes?: readonly string[];
  /** Looks at the path alone. */
  readonly wants: PathTest;
  /** Takes what the file says; must not throw for any text. */
  read(text: string, claims: PackageClaims, path: string): void;
}

/** The analyzer of a lock file: its packages are declared, and one that lies in a dependency's own folder does not count. */
export function createLockFileAnalyzer(format: TextFormat): Analyzer {
  return {
    name: format.name,
    version: format.version,
    fixedPaths: [],
    ...endingsOf(format),
    wants: (path) => format.wants(path) && !isInsideDependency(path),
    analyze: (file) => analyze(file, format, { type: format.type, isDeclared: true }),
  };
}

/** The analyzer of what a package manager leaves where it installs: the owner of the file matters. */
export function createInstalledAnalyzer(format: TextFormat): Analyzer {
  return {
    name: format.name,
    version: format.version,
    fixedPaths: [],
    ...endingsOf(format),
    ...(format.probes !== undefined && { probes: format.probes }),
    wants: (path) => format.wants(path),
    ownsMatter: (path) => format.wants(path),
    analyze: (file) => analyze(file, format, { type: format.type }),
  };
}

function endingsOf({ wants }: TextFormat): Pick<Analyzer, "endings"> {
  return wants.endings === undefined ? {} : { endings: wants.endings };
}

function analyze(
  file: Parameters<Analyzer["analyze"]>[0],
  format: TextFormat,
  kind: ConstructorParameters<typeof PackageClaims>[0],
): ReturnType<Analyzer["analyze"]> {
  const collector = new AnalysisCollector(file.path);
  const claims = new PackageClaims(kind, collector);
  if (file.bytes.length > LIMITS.maxLockFileBytes) {
    claims.addProblem(
      "FILE_TOO_LARGE",
      `${file.bytes.length} bytes, of which at most ${LIMITS.maxLockFileBytes} are read`,
    );
  } else {
    format.read(decodeText(file.bytes), claims, file.path);
  }
  return collector.result();
}

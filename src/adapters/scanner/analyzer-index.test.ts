// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { ANALYZERS, type Analyzer } from "#packages";
import { AnalyzerIndex } from "./analyzer-index.ts";

const FACTS = { size: 100_000, mode: 0o755, uid: 0 };

const PATHS: readonly string[] = [
  ...[
    "",
    "a",
    "x/go.mod",
    "go.mod",
    "srv/yarn.lock",
    "yarn.lock",
    "srv/package-lock.json",
    "srv/Cargo.lock",
    "mix.lock",
  ],
  ...["usr/bin/program", "etc/os-release", "var/lib/dpkg/status", "var/lib/dpkg/info/a.list", "lib/apk/db/installed"],
  ...["srv/node_modules/a/package.json", "srv/a.jar", "usr/lib/python3/dist-packages/a.dist-info/METADATA"],
  ...["srv/a.deps.json", "srv/packages.config", "srv/environment.yml", "srv/pubspec.lock", "srv/composer.lock"],
];

describe("AnalyzerIndex", () => {
  it.each(PATHS)("leaves out nobody who wants “%s”", (path) => {
    const wanting = (each: Analyzer): boolean => each.wants(path, FACTS) !== false;
    const asked = new AnalyzerIndex(ANALYZERS).analyzersFor(path);
    expect(asked.filter(wanting)).toEqual(ANALYZERS.filter(wanting));
  });

  it("does not ask those who know the names of their files about others", () => {
    const asked = new AnalyzerIndex(ANALYZERS).analyzersFor("usr/share/zoneinfo/Asia/Seoul");
    expect(asked.length).toBeLessThan(ANALYZERS.length);
  });

  it("endings are as long as the index needs them", () => {
    for (const ending of ANALYZERS.flatMap(({ endings = [] }) => endings)) {
      expect(ending.length).toBeGreaterThanOrEqual(4);
    }
  });
});

// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { createReadStream, existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { writeZip } from "../../../test/support/zip-builder.ts";
import { importAdvisories } from "./import-advisories.ts";
import { openAdvisoryDatabase } from "./open-advisory-database.ts";

/**
 * Real OSV data, where a developer has put it beside the clone; it may not be part of the repository. Without it the same
 * amount of made-up records is imported over HTTP, real ones of every source in `published-records.test.ts`, and a line says
 * what was not run.
 */
const DATA = fileURLToPath(new URL("../../../../shared/data/advisories/", import.meta.url));
const hasData = ["AlmaLinux", "Go", "PyPI"].every((name) => existsSync(join(DATA, name, "all.zip")));
const RECORDS = 12_589;

it("12,589 made-up records over HTTP are imported without a problem", { timeout: 120_000 }, async () => {
  const archive = writeZip(
    Array.from({ length: RECORDS }, (_, index) => ({
      name: `OSV-${index}.json`,
      content: JSON.stringify(madeUp(index)),
    })),
  );
  const folder = mkdtempSync(join(tmpdir(), "haechi-made-up-"));
  const server = createServer((_, response) => response.end(archive));
  try {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const into = join(folder, "advisories");
    const { records, imported, problems } = await importAdvisories({
      sources: [`http://127.0.0.1:${(server.address() as AddressInfo).port}`],
      ecosystems: ["npm"],
      into,
    });
    expect({ records, imported, problems }).toEqual({ records: RECORDS, imported: RECORDS, problems: [] });
    using database = openAdvisoryDatabase(into);
    expect(database.advisoriesFor("npm", "made-up-12588")).toMatchObject([{ id: "OSV-12588" }]);
    database.verify();
  } finally {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

function madeUp(index: number): object {
  return {
    id: `OSV-${index}`,
    modified: "2026-01-01T00:00:00Z",
    summary: "made up",
    affected: [
      {
        package: { ecosystem: "npm", name: `made-up-${index}` },
        ranges: [{ type: "SEMVER", events: [{ introduced: "0" }, { fixed: "1.0.0" }] }],
      },
    ],
  };
}

if (!hasData) {
  process.stderr.write("not run: the import of 12,589 real records, since the data does not lie beside this clone\n");
}

describe.each(hasData ? [DATA] : [])("12,589 real records over HTTP", (folderOfData) => {
  let folder: string;
  let server: Server;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "haechi-real-"));
    server = createServer((request, response) => {
      createReadStream(join(folderOfData, (request.url ?? "").replaceAll("..", ""))).pipe(response);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
  });

  afterEach(() => {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("are imported without a problem", { timeout: 120_000 }, async () => {
    const { records, problems, info } = await importAdvisories({
      sources: [`http://127.0.0.1:${(server.address() as AddressInfo).port}`],
      ecosystems: ["AlmaLinux", "Go", "PyPI"],
      into: join(folder, "advisories"),
    });
    expect({ records, problems }).toEqual({ records: 12_589, problems: [] });
    // errata that name no vulnerability are left out
    expect(info.advisories).toBeGreaterThan(60_000);
    using database = openAdvisoryDatabase(join(folder, "advisories"));
    expect(database.advisoriesFor("PyPI", "requests").map((each) => each.aliases)).toContainEqual(
      expect.arrayContaining(["CVE-2014-1829"]),
    );
    database.verify();
  });

  it("and the whole catalogue of CISA", { timeout: 120_000 }, async () => {
    const into = join(folder, "advisories");
    const { records, imported, problems } = await importAdvisories({
      sources: [join(folderOfData, "known_exploited_vulnerabilities.json.gz")],
      into,
    });
    expect({ imported, problems }).toEqual({ imported: 1_662, problems: [] });
    expect(records).toBeGreaterThanOrEqual(imported);
    using database = openAdvisoryDatabase(into);
    expect(database.exploitationOf("CVE-2021-44228")?.knownExploited).toMatchObject({ added: "2021-12-10" });
    database.verify();
  });
});

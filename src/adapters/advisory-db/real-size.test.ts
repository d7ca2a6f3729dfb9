// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { createReadStream, existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { importAdvisories } from "./import-advisories.ts";
import { openAdvisoryDatabase } from "./open-advisory-database.ts";

/**
 * Real OSV data beside the repository, not part of it: folders as in the OSV bucket. It is there in the workshop and nowhere
 * else, so this is no skip that CI has to notice; the same paths are tested with small data in `import-advisories.test.ts`.
 */
const DATA = fileURLToPath(new URL("../../../../shared/data/advisories/", import.meta.url));
const hasData = ["AlmaLinux", "Go", "PyPI"].every((name) => existsSync(join(DATA, name, "all.zip")));

if (hasData) {
  describe("12,589 real records over HTTP", () => {
    it("are imported without a problem", { timeout: 120_000 }, async () => {
      const folder = mkdtempSync(join(tmpdir(), "haechi-real-"));
      const server = createServer((request, response) => {
        createReadStream(join(DATA, (request.url ?? "").replaceAll("..", ""))).pipe(response);
      });
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      try {
        const { records, problems, info } = await importAdvisories({
          sources: [`http://127.0.0.1:${(server.address() as AddressInfo).port}`],
          ecosystems: ["AlmaLinux", "Go", "PyPI"],
          into: join(folder, "advisories.sqlite"),
        });
        expect({ records, problems }).toEqual({ records: 12_589, problems: [] });
        expect(info.advisories).toBeGreaterThan(70_000);
        using database = openAdvisoryDatabase(join(folder, "advisories.sqlite"));
        expect(database.advisoriesFor("PyPI", "requests").map((each) => each.aliases)).toContainEqual(
          expect.arrayContaining(["CVE-2014-1829"]),
        );
        database.verify();
      } finally {
        server.closeAllConnections();
        server.close();
        rmSync(folder, { recursive: true, force: true });
      }
    });
  });
} else {
  describe("real records over HTTP", () => {
    it("would be imported, but the data is not on this machine", () => {
      process.stderr.write("not tried: the import of real data, ../shared/data/advisories is not there\n");
      expect(hasData).toBe(false);
    });
  });
}

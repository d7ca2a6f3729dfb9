// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { createReadStream, existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { importAdvisories } from "./import-advisories.ts";
import { openAdvisoryDatabase } from "./open-advisory-database.ts";

/**
 * Real OSV data beside the repository, not part of it: folders as in the OSV bucket. It is there in the workshop and nowhere
 * else, so this is no skip that CI has to notice; the same paths are tested with small data in `import-advisories.test.ts`.
 */
const DATA = fileURLToPath(new URL("../../../../shared/data/advisories/", import.meta.url));
const hasData = ["AlmaLinux", "Go", "PyPI"].every((name) => existsSync(join(DATA, name, "all.zip")));

it("says when the real data is not on this machine", () => {
  process.stderr.write(hasData ? "" : "not tried: the import of real data, ../shared/data/advisories is not there\n");
});

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
      into: join(folder, "advisories.sqlite"),
    });
    expect({ records, problems }).toEqual({ records: 12_589, problems: [] });
    expect(info.advisories).toBeGreaterThan(70_000);
    using database = openAdvisoryDatabase(join(folder, "advisories.sqlite"));
    expect(database.advisoriesFor("PyPI", "requests").map((each) => each.aliases)).toContainEqual(
      expect.arrayContaining(["CVE-2014-1829"]),
    );
    database.verify();
  });
});

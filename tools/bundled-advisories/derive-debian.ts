// SPDX-License-Identifier: Apache-2.0
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { compareVersions } from "#versions";
import { debianRecords } from "./debian-records.ts";
import { type BinaryPackage, chooseBinaries, parseAvailable } from "./debian-sources.ts";
import { type FixedCve, fixedCves } from "./fixed-cves.ts";
import { parseChangelog } from "./parse-changelog.ts";
import { downloadPackages, readPackageChangelog } from "./read-package-changelog.ts";

const OUTPUT = fileURLToPath(new URL("../../advisories/", import.meta.url));
const BATCH = 40;

/** Writes `advisories/debian-12.jsonl` and the list of packages that it comes from. Needs Debian 12 with a fresh `apt-get update`. */
async function main(): Promise<void> {
  const osRelease = await readFile("/etc/os-release", "utf8");
  if (!/^VERSION_ID="12"$/m.test(osRelease) || !/^ID=debian$/m.test(osRelease)) {
    throw new Error("run this on Debian 12: apt has to know its packages");
  }
  const { stdout } = await promisify(execFile)("apt-cache", ["dumpavail"], { maxBuffer: 512 * 1024 * 1024 });
  const list = await readFile(new URL("./sources.txt", import.meta.url), "utf8");
  const named = new Set(list.split("\n").filter((line) => line !== "" && !line.startsWith("#")));
  const chosen = chooseBinaries(parseAvailable(stdout), named, (a, b) => compareVersions("dpkg", a, b) === 1);
  const fixes: FixedCve[] = [];
  const used: string[] = [];
  let open = [...chosen].map(([source, binaries]) => ({ source, binaries }));
  for (let attempt = 0; open.length > 0; attempt += 1) {
    const next: typeof open = [];
    for (let start = 0; start < open.length; start += BATCH) {
      const batch = open.slice(start, start + BATCH);
      const changelogs = await changelogsOf(batch.flatMap(({ binaries }) => binaries.slice(attempt, attempt + 1)));
      for (const each of batch) {
        const changelog = changelogs.get(each.source);
        const binary = each.binaries[attempt];
        if (changelog !== undefined && binary !== undefined) {
          const entries = parseChangelog(changelog).filter((entry) => entry.source === each.source);
          const found = fixedCves(entries);
          fixes.push(...found);
          used.push([each.source, binary.sourceVersion, binary.name, found.length].join("\t"));
        } else if (each.binaries.length > attempt + 1) {
          next.push(each);
        }
      }
      process.stderr.write(`try ${attempt + 1}: ${Math.min(start + BATCH, open.length)} of ${open.length} sources\n`);
    }
    open = next;
  }
  const records = debianRecords(fixes);
  await writeFile(join(OUTPUT, "debian-12.jsonl"), `${records.join("\n")}\n`);
  await writeFile(
    join(OUTPUT, "debian-12.sources.tsv"),
    `source\tversion\tchangelog from\tCVEs\n${used.sort().join("\n")}\n`,
  );
  process.stderr.write(`${fixes.length} fixes of ${records.length} CVEs in ${used.length} source packages\n`);
}

async function changelogsOf(packages: readonly BinaryPackage[]): Promise<ReadonlyMap<string, string>> {
  const folder = await mkdtemp(join(tmpdir(), "haechi-changelogs-"));
  try {
    await downloadPackages(packages, folder);
    const changelogs = new Map<string, string>();
    for (const file of (await readdir(folder)).filter((name) => name.endsWith(".deb"))) {
      const source = packages.find(({ name }) => file.startsWith(`${name}_`))?.source;
      const changelog = await readPackageChangelog(join(folder, file), folder);
      if (source !== undefined && changelog !== undefined) {
        changelogs.set(source, changelog);
      }
    }
    return changelogs;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

await main();

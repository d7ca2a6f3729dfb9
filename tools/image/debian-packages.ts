// SPDX-License-Identifier: Apache-2.0
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { digestHex, digestOf } from "#base";
import { aptSources } from "../fixtures/debian-root.ts";
import { runProgram } from "../fixtures/run-program.ts";
import type { Architecture } from "./architecture.ts";
import { type ImageEntry, readEntries } from "./image-entry.ts";

/**
 * What Node and the embedded PostgreSQL load, the authorities that people expect, and a shell, without which initdb cannot
 * start its own helper. No package manager, no coreutils.
 */
const PACKAGES: readonly string[] = [
  "base-files",
  "ca-certificates",
  "dash",
  "gcc-12-base",
  "libc6",
  "libgcc-s1",
  "libstdc++6",
  "netbase",
];

/** Documentation is left out, licences are not. */
const UNWANTED = /^usr\/share\/(?:man|info|lintian|locale|menu|doc\/(?!.*\/copyright$)(?:.*\/.*[^/]$))/;
/** Debian 12 merges these folders into /usr. */
const MERGED = ["bin", "lib", "lib32", "lib64", "libo32", "libx32", "sbin"];
const KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";
/** Of the sum and the blanks behind it. */
const MD5_COLUMNS = 34;

/**
 * The folder below `cache` with the newest packages of the base layer for an architecture, downloaded unless they are there.
 * A private apt asks the mirrors of this machine and checks every signature.
 */
export async function downloadDebianPackages(cache: string, architecture: Architecture): Promise<string> {
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, "apt-"));
  try {
    for (const path of ["lists/partial", "cache/archives/partial", "packages"]) {
      mkdirSync(join(work, path), { recursive: true });
    }
    const sources = (await aptSources()).replaceAll(
      /^deb /gm,
      `deb [signed-by=${KEYRING} arch=${architecture.debian}] `,
    );
    writeFileSync(join(work, "sources.list"), sources);
    writeFileSync(join(work, "status"), "");
    const apt = ["-qq", ...aptOptions(work, architecture).flatMap((option) => ["-o", option])];
    await runProgram("apt-get", [...apt, "update"]);
    // 'address' file size SHA256:sum; the mirror does not count
    const wanted = (await runProgram("apt-get", [...apt, "download", "--print-uris", ...PACKAGES]))
      .split("\n")
      .map((line) => line.split(" ").slice(1).join(" "))
      .toSorted()
      .join("\n");
    const folder = join(
      cache,
      `debian-${architecture.debian}-${digestHex(digestOf(Buffer.from(wanted))).slice(0, 16)}`,
    );
    if (!existsSync(folder)) {
      await runProgram("apt-get", [...apt, "download", ...PACKAGES], join(work, "packages"));
      renameSync(join(work, "packages"), folder);
    }
    return folder;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function aptOptions(work: string, architecture: Architecture): readonly string[] {
  return [
    `Dir::Etc::SourceList=${work}/sources.list`,
    "Dir::Etc::SourceParts=/dev/null",
    `Dir::State=${work}`,
    `Dir::State::Lists=${work}/lists`,
    `Dir::State::status=${work}/status`,
    `Dir::Cache=${work}/cache`,
    "APT::Sandbox::User=",
    `APT::Architecture=${architecture.debian}`,
    `APT::Architectures=${architecture.debian}`,
    "Acquire::Languages=none",
    "Acquire::Retries=3",
    "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false",
  ];
}

/**
 * The base layer from downloaded packages: their files, without running what their maintainers would run at install, and
 * the package database, so that scanners see what is there.
 */
export async function readDebianPackages(folder: string, work: string): Promise<readonly ImageEntry[]> {
  // before the folder of base-files, whose mode our own reading would have lost
  const entries: ImageEntry[] = [{ path: "tmp", mode: 0o1777, type: "folder" }];
  const stanzas: string[] = [];
  for (const file of readdirSync(folder).toSorted()) {
    const name = file.slice(0, file.indexOf("_"));
    const root = join(work, name);
    const control = join(work, `${name}.control`);
    mkdirSync(root, { recursive: true });
    await runProgram("dpkg-deb", ["--extract", join(folder, file), root]);
    await runProgram("dpkg-deb", ["--control", join(folder, file), control]);
    const stanza = readFileSync(join(control, "control"), "utf8").trimEnd();
    stanzas.push(stanza.replace(/^(Package: .*)$/m, "$1\nStatus: install ok installed"));
    entries.push(...readEntries(root, "", (relative) => !UNWANTED.test(relative)).map(merge));
    entries.push(...readFileLists(control, name, stanza));
  }
  return [
    ...entries,
    textFile("var/lib/dpkg/status", `${stanzas.join("\n\n")}\n`),
    textFile("etc/ssl/certs/ca-certificates.crt", readAuthorities(work)),
    ...["bin", "lib", "lib64", "sbin"].map((name) => linkTo(name, `usr/${name}`)),
  ];
}

/** Paths below merged folders move to /usr, as the links in the image say. */
function merge(entry: ImageEntry): ImageEntry {
  const path = entry.path.replace(/^\//, "");
  const first = path.split("/", 1)[0] ?? "";
  return { ...entry, path: MERGED.includes(first) ? `usr/${path}` : path };
}

/** What dpkg remembers of a package beside its status: its files and their sums. */
function readFileLists(control: string, name: string, stanza: string): readonly ImageEntry[] {
  const sums = join(control, "md5sums");
  if (!existsSync(sums)) {
    return [];
  }
  const kept = readFileSync(sums, "utf8")
    .split("\n")
    .filter((line) => line !== "" && !UNWANTED.test(line.slice(MD5_COLUMNS)));
  const architecture = /^Architecture: (\S+)$/m.exec(stanza)?.[1] ?? "";
  const base = `var/lib/dpkg/info/${/^Multi-Arch: same$/m.test(stanza) ? `${name}:${architecture}` : name}`;
  return [
    textFile(`${base}.md5sums`, kept.map((line) => `${line}\n`).join("")),
    textFile(`${base}.list`, ["/.", ...kept.map((line) => `/${line.slice(MD5_COLUMNS)}`), ""].join("\n")),
  ];
}

/** What `update-ca-certificates` would write. */
function readAuthorities(work: string): string {
  const folder = join(work, "ca-certificates/usr/share/ca-certificates/mozilla");
  return readdirSync(folder)
    .toSorted()
    .map((file) => `${readFileSync(join(folder, file), "utf8").trimEnd()}\n`)
    .join("");
}

function textFile(path: string, content: string): ImageEntry {
  return { path, mode: 0o644, type: "file", content: Buffer.from(content) };
}

function linkTo(path: string, target: string): ImageEntry {
  return { path, mode: 0o777, type: "link", target };
}

// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from "node:child_process";
import { readFileSync, realpathSync } from "node:fs";
import { basename } from "node:path";
import { expect, it } from "vitest";
import { ANALYZERS } from "#packages";
import { describeWithTools, tool } from "../support/tools.ts";

const ANALYZER = ANALYZERS.find(({ name }) => name === "program");

/** The version of the makers: without epoch, revision and what Debian adds to it. */
function upstreamOf(debianPackage: string): string {
  const version = execFileSync(tool("dpkg-query"), ["--show", "--showformat=${Version}", debianPackage], {
    encoding: "utf8",
  });
  return version
    .replace(/^\d+:/, "")
    .replace(/-[^-]*$/, "")
    .replace(/[+~](?:dfsg|ds|deb).*$/, "");
}

/** The package that owns a file, as dpkg says. */
function ownerOf(path: string): string {
  const line = execFileSync(tool("dpkg-query"), ["--search", path], { encoding: "utf8" });
  return line.split(":", 1)[0] ?? "";
}

const PROGRAMS: readonly { readonly name: string; readonly tool: string }[] = [
  { name: "openssl", tool: "openssl" },
  { name: "nginx", tool: "nginx" },
  { name: "postgresql", tool: "initdb" },
  { name: "php", tool: "php" },
];

/** `initdb` lies beside `postgres`; the others are links to themselves. */
function fileOf(name: string): string {
  const path = realpathSync(tool(name));
  return name === "initdb" ? path.replace(/initdb$/, "postgres") : path;
}

describeWithTools(
  "programs known by their text beside Debian's packages",
  ["dpkg-query", ...PROGRAMS.map((each) => each.tool)],
  () => {
    it.each(PROGRAMS)("$name", ({ name, tool: command }) => {
      const path = fileOf(command);
      const bytes = readFileSync(path);
      const { packages, problems } = ANALYZER?.analyze({ path: path.slice(1), bytes }) ?? {};
      expect({ file: basename(path), packages, problems }).toEqual({
        file: basename(path),
        // the packaging note, where there is one, names the package of the distribution beside it
        packages: expect.arrayContaining([
          expect.objectContaining({ type: "generic", name, version: upstreamOf(ownerOf(path)) }),
        ]) as unknown,
        problems: [],
      });
    });
  },
);

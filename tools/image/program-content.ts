// SPDX-License-Identifier: Apache-2.0
import { existsSync } from "node:fs";
import { join } from "node:path";
import { REPOSITORY } from "../repository.ts";
import { type ImageEntry, readEntries } from "./image-entry.ts";
import { HOME } from "./npm-content.ts";

/** The account that the image runs as; Kubernetes checks the number. */
export const ACCOUNT = 65_532;

/** What is taken from the commit. */
export const SOURCES: readonly string[] = [
  ...["src", "bin", "advisories", "tools/suitable-node.mjs", "LICENSE", "NOTICE"],
  ...["package.json", "package-lock.json", ".npmrc", "console/package.json"],
];
const NOT_NEEDED = /\.test\.tsx?$|(?:^|\/)testdata(?:\/|$)|^(?:package-lock\.json|\.npmrc|console)(?:\/|$)/;

/** Our own program: a folder with the sources of a commit, and the console as it was built. Throws when it was not. */
export function readProgram(sources: string): readonly ImageEntry[] {
  const console = join(REPOSITORY, "console/dist");
  if (!existsSync(join(console, "index.html"))) {
    throw new Error("console/dist is missing: run npm run build -w console first");
  }
  return [
    ...readEntries(sources, HOME, (relative) => !NOT_NEEDED.test(relative)),
    ...readEntries(console, `${HOME}/console/dist`),
    // for kubectl exec: the base has no env, by which bin/haechi.mjs would find its Node
    file("usr/local/bin/haechi", `#!/bin/sh\nexec /usr/local/bin/node /${HOME}/bin/haechi.mjs "$@"\n`, 0o755),
  ];
}

/** The account of the program (PostgreSQL asks for its name), and the folders that it may write. */
export function readAccount(): readonly ImageEntry[] {
  return [
    file(
      "etc/passwd",
      `root:x:0:0:root:/root:/sbin/nologin\nhaechi:x:${ACCOUNT}:${ACCOUNT}:haechi:/data:/sbin/nologin\n`,
    ),
    file("etc/group", `root:x:0:\nhaechi:x:${ACCOUNT}:\n`),
    file("etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\n"),
    { path: "data", mode: 0o700, type: "folder", owner: ACCOUNT },
  ];
}

function file(path: string, text: string, mode: number = 0o644): ImageEntry {
  return { path, mode, type: "file", content: Buffer.from(text) };
}

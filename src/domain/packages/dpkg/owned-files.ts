// SPDX-License-Identifier: Apache-2.0
import type { AnalysisContext, OwnedFiles } from "../analyzer.ts";
import { linesOf } from "../documents/lines-of.ts";
import { PathBudget } from "../path-budget.ts";

const INFO_FOLDER = "var/lib/dpkg/info/";
const STATUS_FOLDER = "var/lib/dpkg/status.d/";

/** `libc6:amd64.list` of dpkg, `libc6.md5sums` of distroless images, which have no lists. */
const LIST = /^var\/lib\/dpkg\/info\/([A-Za-z0-9][A-Za-z0-9+.-]*)(?::([a-z0-9-]+))?\.list$/;
const CHECKSUMS = /^var\/lib\/dpkg\/status\.d\/([A-Za-z0-9][A-Za-z0-9+.-]*)\.md5sums$/;

/** `<MD5>  <path>`, with an asterisk before the path where the file was read as binary. */
const CHECKSUM = /^[0-9a-f]{32} [ *](.+)$/;

/** Whether the path is that of a list of a package's files. */
export function isFileList(path: string): boolean {
  return path.startsWith(INFO_FOLDER) ? LIST.test(path) : path.startsWith(STATUS_FOLDER) && CHECKSUMS.test(path);
}

/** The files that a list names, of those that matter; `undefined` when there are none. */
export function ownedFiles(path: string, text: string, context: AnalysisContext | undefined): OwnedFiles | undefined {
  const list = LIST.exec(path);
  const name = list?.[1] ?? CHECKSUMS.exec(path)?.[1];
  const budget = new PathBudget(text.length, context);
  const paths: string[] = [];
  for (const line of linesOf(text)) {
    const written = list === null ? CHECKSUM.exec(line)?.[1] : line;
    const kept = written === undefined || written === "" ? undefined : budget.pathOf("", withoutDot(written));
    if (kept !== undefined) {
      paths.push(kept);
    }
  }
  if (name === undefined || paths.length === 0) {
    return undefined;
  }
  const architecture = list?.[2];
  return { type: "deb", name, ...(architecture !== undefined && { architecture }), paths };
}

function withoutDot(path: string): string {
  return path.startsWith("./") ? path.slice(2) : path;
}

// SPDX-License-Identifier: Apache-2.0
import { compareSemantic, parseSemanticVersion, type SemanticVersion } from "../semantic-version.ts";

const TOOLCHAIN = /^(?:go)?((?:0|[1-9][0-9]*)(?:\.(?:0|[1-9][0-9]*)){0,2})(beta|rc)([1-9][0-9]*)$/;

/**
 * The order of two Go versions, or `undefined` when one is none: of modules (`v1.2.3`, pseudo-versions, `+incompatible`, which does
 * not count) and of the toolchain (`1.22.3`, `go1.22rc1`). As in Go's own advisories, `1.22rc1` is `1.22.0-rc.1`, and `v` may be left out.
 */
export function compareGoVersions(a: string, b: string): -1 | 0 | 1 | undefined {
  const left = parseGoVersion(a);
  const right = parseGoVersion(b);
  return left === undefined || right === undefined ? undefined : compareSemantic(left, right);
}

function parseGoVersion(text: string): SemanticVersion | undefined {
  const toolchain = TOOLCHAIN.exec(text);
  if (toolchain?.[1] !== undefined) {
    return { numbers: toolchain[1].split("."), preRelease: [toolchain[2] ?? "", toolchain[3] ?? ""] };
  }
  const plain = text.startsWith("go") ? text.slice(2) : text.startsWith("v") ? text.slice(1) : text;
  return parseSemanticVersion(plain, 1);
}

// SPDX-License-Identifier: Apache-2.0
import type { Analyzer } from "../analyzer.ts";
import { isNamed } from "../languages/file-names.ts";
import type { PackageClaims } from "../languages/package-claims.ts";
import { createLockFileAnalyzer } from "../languages/text-analyzer.ts";

/** `{<<"app">>,{pkg,<<"package">>,<<"1.2.3">>},0}`. */
const PACKAGE = /\{pkg,\s{0,64}<<"([^"\s]{1,256})">>,\s{0,64}<<"([^"\s]{1,256})">>/g;

/** `{<<"app">>, {git,"address", {ref,"commit"}}, 0}`. */
const GIT =
  /\{<<"([^"\s]{1,256})">>,\s{0,64}\{git,\s{0,64}"[^"\s]{0,1024}",\s{0,64}\{(?:ref|tag|branch),\s{0,64}"([^"\s]{1,256})"/g;

/** `rebar.lock` of Erlang: the packages from hex, and those from git with their commit as version. */
export const rebarLockAnalyzer: Analyzer = createLockFileAnalyzer({
  name: "rebar-lock",
  version: "2",
  type: "hex",
  wants: isNamed("rebar.lock"),
  read,
});

function read(text: string, claims: PackageClaims): void {
  for (const pattern of [PACKAGE, GIT]) {
    for (const [, name, version] of text.matchAll(pattern)) {
      claims.add(name, version);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
import type { Analyzer } from "../analyzer.ts";
import { isNamed } from "../languages/file-names.ts";
import type { PackageClaims } from "../languages/package-claims.ts";
import { createLockFileAnalyzer } from "../languages/text-analyzer.ts";

/** `{<<"app">>,{pkg,<<"package">>,<<"1.2.3">>},0}`. */
const PACKAGE = /\{pkg,\s{0,64}<<"([^"\s]{1,256})">>,\s{0,64}<<"([^"\s]{1,256})">>/g;

/** `rebar.lock` of Erlang: the packages from hex; those from git have no version. */
export const rebarLockAnalyzer: Analyzer = createLockFileAnalyzer({
  name: "rebar-lock",
  version: "1",
  type: "hex",
  wants: isNamed("rebar.lock"),
  read,
});

function read(text: string, claims: PackageClaims): void {
  for (const [, name, version] of text.matchAll(PACKAGE)) {
    claims.add(name, version);
  }
}

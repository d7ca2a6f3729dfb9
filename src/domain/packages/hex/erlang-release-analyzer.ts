// SPDX-License-Identifier: Apache-2.0
import type { Analyzer } from "../analyzer.ts";
import { fileNameOf, hasEnding } from "../languages/file-names.ts";
import type { PackageClaims } from "../languages/package-claims.ts";
import { createInstalledAnalyzer } from "../languages/text-analyzer.ts";
import { PLATFORM_APPLICATIONS } from "./platform-applications.ts";

/** A release keeps each application in a folder with its version, and so does Erlang itself. */
const APPLICATION = /(?:^|\/)lib\/([a-z][a-z0-9_]*)-[^/]+\/ebin\/\1\.app$/;
const VERSION = /\{\s*vsn\s*,\s*"([^"\s]{1,256})"\s*\}/;

/**
 * Applications in a release of Elixir or Erlang (`lib/NAME-VERSION/ebin/NAME.app`). Those of Erlang/OTP and Elixir
 * themselves are no packages of hex.pm. An application carries no sign of where it comes from: it is taken for the
 * package of its name.
 */
export const erlangReleaseAnalyzer: Analyzer = createInstalledAnalyzer({
  name: "erlang-release",
  version: "1",
  type: "hex",
  probes: ["x-1/ebin/x.app"],
  wants: hasEnding(
    [".app"],
    (path) => APPLICATION.test(path) && !PLATFORM_APPLICATIONS.has(fileNameOf(path).slice(0, -4)),
  ),
  read,
});

function read(text: string, claims: PackageClaims, path: string): void {
  claims.add(fileNameOf(path).slice(0, -4), VERSION.exec(text)?.[1]);
}

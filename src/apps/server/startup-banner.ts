// SPDX-License-Identifier: Apache-2.0
import type { AdvisoryDatabaseInfo } from "#advisories";
import type { Translate } from "#messages";

/** What the person who started the server has to know. */
export interface StartupFacts {
  readonly version: string;
  readonly seconds: string;
  readonly urls: { readonly console?: string; readonly registry?: string; readonly admission?: string };
  /** Absent without a cluster; without a number of policies they could not be read yet. */
  readonly cluster?: { readonly server: string; readonly policies?: number };
  /** Only at the first start. */
  readonly firstPassword?: string;
  readonly advisories: AdvisoryDatabaseInfo;
  readonly dataDir: string;
}

/** The plain text that the server prints when it is ready: URLs, first password, advisory date, how to stop. */
export function renderStartupBanner(facts: StartupFacts, translate: Translate): string {
  const { isBundled, advisories, date } = facts.advisories;
  const rows: (readonly [string, string] | undefined)[] = [
    row(translate("server.console"), facts.urls.console),
    row(translate("server.registry"), facts.urls.registry),
    row(translate("server.admission"), facts.urls.admission),
    ...(facts.cluster === undefined ? [] : [row(translate("server.cluster"), clusterText(facts.cluster, translate))]),
    ...(facts.firstPassword === undefined
      ? []
      : ([
          undefined,
          [translate("server.user"), "admin"],
          [translate("server.password"), `${facts.firstPassword}   (${translate("server.passwordOnce")})`],
        ] as const)),
    undefined,
    [
      translate("server.advisories"),
      translate(isBundled ? "server.advisoriesBundled" : "server.advisoriesFull", {
        date: date.slice(0, 10),
        count: advisories,
      }),
    ],
    [translate("server.data"), facts.dataDir],
    [translate("server.stop"), translate("server.stopHow")],
  ];
  const lines = rows.map((each) => (each === undefined ? "" : `  ${padded(each[0], 12)}${each[1]}`));
  return `\n${translate("server.ready", { version: facts.version, seconds: facts.seconds })}\n\n${lines.join("\n")}\n\n`;
}

function clusterText({ server, policies }: NonNullable<StartupFacts["cluster"]>, translate: Translate): string {
  return policies === undefined
    ? translate("server.clusterNotRead", { server })
    : translate("server.clusterRead", { server, count: policies });
}

function row(name: string, value: string | undefined): readonly [string, string] {
  return [name, value ?? "–"];
}

/** Pads by display width: Hangul takes two columns. */
function padded(text: string, width: number): string {
  const columns = [...text].reduce((sum, letter) => sum + (letter >= "\u1100" ? 2 : 1), 0);
  return text + " ".repeat(Math.max(1, width - columns));
}

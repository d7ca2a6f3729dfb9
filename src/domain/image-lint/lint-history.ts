// SPDX-License-Identifier: Apache-2.0
import type { HistoryEntry } from "#oci";
import type { ImageObservation } from "#packages";
import { type CheckRule, observe } from "./check-rule.ts";
import { IMAGE_CHECK } from "./checks/image-checks.ts";
import { hasOpenMode, isPipedDownload, isUnverifiedDownload } from "./shell/risky-commands.ts";
import { splitCommands } from "./shell/split-commands.ts";

/** An instruction is looked at up to here, in UTF-16 units. */
const MAX_TEXT = 65_536;

const ADD_OF_URL = /^(?:\/bin\/sh -c #\(nop\) +)?ADD +(?:--[a-z]+(?:=[^ ]*)? +)*(https?:\/\/[^ ]{1,400})/;

/** What the instructions that made an image did, as far as its builder wrote them down. */
export function lintHistory(history: readonly HistoryEntry[]): readonly ImageObservation[] {
  return history.flatMap(({ createdBy }, historyIndex) =>
    checksOf(createdBy.slice(0, MAX_TEXT)).map(({ check, params }) => ({
      ...observe(check, { params }),
      historyIndex,
    })),
  );
}

interface BrokenCheck {
  readonly check: CheckRule;
  readonly params: Readonly<Record<string, string>>;
}

function checksOf(createdBy: string): readonly BrokenCheck[] {
  const url = ADD_OF_URL.exec(createdBy)?.[1];
  if (url !== undefined) {
    // Without user and query, which may be secrets.
    const address = url.replace(/\/\/[^/@]{0,400}@/, "//").split("?", 1)[0] ?? "";
    return [{ check: IMAGE_CHECK.addUrl, params: { address } }];
  }
  const shell = scriptOf(createdBy);
  if (shell === undefined) {
    return [];
  }
  const commands = splitCommands(shell);
  const found: BrokenCheck[] = [];
  const piped = isPipedDownload(commands);
  if (piped !== undefined) {
    found.push({ check: IMAGE_CHECK.pipedDownload, params: { program: piped } });
  }
  const unverified = commands.find(isUnverifiedDownload);
  if (unverified !== undefined) {
    found.push({ check: IMAGE_CHECK.unverifiedDownload, params: { program: unverified.words[0] ?? "" } });
  }
  if (commands.some(hasOpenMode)) {
    found.push({ check: IMAGE_CHECK.openMode, params: {} });
  }
  return found;
}

const NO_SHELL =
  /^(?:COPY|ADD|ENV|CMD|LABEL|ENTRYPOINT|EXPOSE|USER|WORKDIR|VOLUME|ARG|SHELL|HEALTHCHECK|ONBUILD|STOPSIGNAL|MAINTAINER) /;

/** The script of a RUN: behind the shell that ran it, before which arguments of the build may stand (`|1 NAME=value`). */
function scriptOf(createdBy: string): string | undefined {
  const text = createdBy.replace(/ # buildkit$/, "");
  if (NO_SHELL.test(text) || text.includes("#(nop)")) {
    return undefined;
  }
  const shell = /(?:^| )\/bin\/(?:ba|a|da)?sh (?:-[a-z]+ (?:pipefail )?){1,4}/.exec(text);
  return shell === null ? text.replace(/^RUN /, "") : text.slice(shell.index + shell[0].length);
}

// SPDX-License-Identifier: Apache-2.0
import type { ImageConfig } from "#oci";
import type { ImageObservation } from "#packages";
import { findSecrets } from "./find-secrets.ts";
import { toObservation } from "./to-observation.ts";

/** Texts of a configuration are looked at up to here, in UTF-16 units. */
const MAX_TEXT = 65_536;

/** A text of the configuration, and what to call its place. */
interface ConfigText {
  readonly where: string;
  readonly text: string;
  readonly historyIndex?: number;
}

/**
 * Secrets in the variables, labels, commands and history of an image: whoever may pull it reads them with `docker inspect`. The
 * value for the message `where` is a variable's name, or the kind of place.
 */
export function findConfigSecrets(config: ImageConfig): readonly ImageObservation[] {
  const told = new Set<string>();
  return textsOf(config).flatMap(({ where, text, historyIndex }) =>
    findSecrets(Buffer.from(text.slice(0, MAX_TEXT)))
      .secrets.map(toObservation)
      .filter(({ rule, excerpt }) => isNew(told, `${rule} ${excerpt ?? ""}`))
      .map(({ line: _line, ...observation }) => ({
        ...observation,
        params: { ...observation.params, where },
        ...(historyIndex === undefined ? {} : { historyIndex }),
      })),
  );
}

/** ENV is written into the history as well: what both show is one secret, told of the variable. */
function isNew(told: Set<string>, key: string): boolean {
  const isFirst = !told.has(key);
  told.add(key);
  return isFirst;
}

function textsOf(config: ImageConfig): readonly ConfigText[] {
  return [
    ...config.env.map((text) => ({ where: nameOf(text), text })),
    ...Object.entries(config.labels).map(([name, value]) => ({ where: "label", text: `${name}=${value}` })),
    { where: "entrypoint", text: config.entrypoint.join(" ") },
    { where: "command", text: config.command.join(" ") },
    { where: "healthcheck", text: config.healthcheck?.join(" ") ?? "" },
    { where: "onbuild", text: config.onBuild.join("\n") },
    ...config.history.flatMap(({ createdBy, comment = "" }, historyIndex) => [
      { where: "history", text: createdBy, historyIndex },
      { where: "history", text: comment, historyIndex },
    ]),
  ].filter(({ text }) => text !== "");
}

function nameOf(variable: string): string {
  return variable.split("=", 1)[0]?.slice(0, 100) ?? "";
}

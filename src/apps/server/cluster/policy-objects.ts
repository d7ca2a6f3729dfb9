// SPDX-License-Identifier: Apache-2.0
import type { Logger } from "pino";
import { type KubeObject, objectKey } from "#kube";
import { type PolicyDocument, type PolicyException, parsePolicyObject } from "#policy";
import { checkCondition } from "../check-condition.ts";

/** What an object of a policy kind comes to. */
export interface PolicyPart {
  readonly document?: PolicyDocument;
  readonly exception?: PolicyException;
}

interface Good {
  readonly uid: string | undefined;
  readonly part: PolicyPart;
}

/**
 * Reads objects of one policy kind. One that cannot be read keeps the form that this process read last, or else stands
 * as a document that leaves everything at its level undecided: never as if it were not there. An exception that cannot
 * be read grants nothing.
 */
export class PolicyObjects {
  readonly #log: Pick<Logger, "warn">;
  readonly #good = new Map<string, Good>();
  /** What was said last about an object: an edit elsewhere in it is no reason to say it again. */
  readonly #said = new Map<string, string>();

  constructor(log: Pick<Logger, "warn">) {
    this.#log = log;
  }

  read(object: KubeObject): PolicyPart {
    const key = objectKey(object.metadata);
    const origin = `${object.kind ?? "object"} ${key}`;
    const parsed = parsePolicyObject(object, origin, { checkCondition });
    if (!("problems" in parsed)) {
      const { warnings, ...part } = parsed;
      this.#good.set(key, { uid: object.metadata.uid, part });
      this.#say(key, warnings, `${origin} is accepted and probably not meant`);
      return part;
    }
    const { problems, broken } = parsed;
    const good = this.#good.get(key);
    // an object that was removed and made anew under the same name is another one
    const last = good !== undefined && good.uid === object.metadata.uid ? good.part : undefined;
    const consequence =
      last !== undefined
        ? "its last readable form stays in force"
        : broken === undefined
          ? "it has no effect"
          : "what it applies to is undecided";
    this.#say(key, problems, `${origin} cannot be read; ${consequence}`);
    return last ?? (broken === undefined ? {} : { document: broken });
  }

  forget(key: string): void {
    this.#good.delete(key);
    this.#said.delete(key);
  }

  #say(key: string, problems: readonly { readonly path: string; readonly message: string }[], text: string): void {
    const lines = problems.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`));
    const all = lines.join("\n");
    if (all !== "" && all !== this.#said.get(key)) {
      this.#log.warn({ problems: lines.slice(0, 10) }, text);
    }
    this.#said.set(key, all);
  }
}

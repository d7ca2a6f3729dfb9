// SPDX-License-Identifier: Apache-2.0
import { isRepositoryName } from "../repository-name.ts";
import type { Action } from "./access.ts";

/** A client asks for the repositories of one command; more is abuse. */
const MAX_SCOPES = 20;
const MAX_SCOPE_LENGTH = 512;

/** What a client wants a token for. */
export interface RequestedScopes {
  readonly repositories: ReadonlyMap<string, ReadonlySet<Action>>;
  readonly isCatalog: boolean;
}

/**
 * Reads the `scope` parameters of a token request: `repository:NAME:pull,push` and `registry:catalog:*`, several of them
 * in one parameter separated by spaces. What does not parse, or is not known here, is not granted; nothing else happens.
 */
export function parseScopes(parameters: readonly string[]): RequestedScopes {
  const repositories = new Map<string, Set<Action>>();
  let isCatalog = false;
  const scopes = parameters.flatMap((each) => each.split(" ")).slice(0, MAX_SCOPES);
  for (const scope of scopes) {
    const [, type = "", name = "", actions = ""] =
      scope.length > MAX_SCOPE_LENGTH ? [] : (/^([a-z]+)(?:\([a-z]*\))?:(.*):([a-z*,]*)$/.exec(scope) ?? []);
    if (type === "registry" && name === "catalog") {
      isCatalog = true;
    } else if (type === "repository" && isRepositoryName(name)) {
      const wanted = repositories.get(name) ?? new Set();
      for (const action of toActions(actions)) {
        wanted.add(action);
      }
      repositories.set(name, wanted);
    }
  }
  return { repositories, isCatalog };
}

function isAction(word: string): word is Action {
  return word === "pull" || word === "push" || word === "inspect" || word === "delete";
}

/** `*` is how docker asks for everything; it does not mean `inspect`, which has to be named. */
function toActions(text: string): readonly Action[] {
  return text
    .split(",")
    .flatMap((word): Action[] => (word === "*" ? ["pull", "push", "delete"] : isAction(word) ? [word] : []));
}

// SPDX-License-Identifier: Apache-2.0
import type { Logger } from "pino";
import type { ServerEvent } from "#database";
import { copiesRepository, copiesTag } from "#registry";
import type { ServerContext } from "../../context.ts";
import { digestOfTag } from "../../signatures/index.ts";
import { type NamedRule, readableRules } from "./read-replication-rule.ts";
import { type ReplicationParameters, replicationJob } from "./replication-parameters.ts";

/**
 * Makes jobs of what is pushed and deleted, for rules that copy by event. What nobody heard of (before the start, in a gap of
 * events) is found by copying all that such a rule is about once more.
 */
export function replicationTrigger({ database }: ServerContext, log: Pick<Logger, "error">): AsyncDisposable {
  let rules: Promise<readonly NamedRule[]> | undefined;
  let tail: Promise<void> = Promise.resolve();

  function currentRules(): Promise<readonly NamedRule[]> {
    rules ??= database.registryObjects
      .list("replication")
      .then((objects) => readableRules(objects).filter(({ rule }) => rule.trigger.kind === "event"));
    rules.catch(() => {
      rules = undefined;
    });
    return rules;
  }

  function forAll(toJobs: (rule: NamedRule) => readonly ReplicationParameters[]): void {
    tail = tail.then(async () => {
      try {
        for (const rule of await currentRules()) {
          for (const parameters of toJobs(rule)) {
            await database.registryJobs.create(replicationJob(parameters, "event"));
          }
        }
      } catch (error) {
        log.error(
          { err: error },
          "what was pushed is not replicated by event; the rule copies it when it is carried out next",
        );
      }
    });
  }

  function catchUp(): void {
    forAll(({ name }) => [{ rule: name, scope: "all" }]);
  }

  const unsubscribe = database.events.subscribe(
    (event) => {
      if (event.type === "registry-changed" && event.kind === "replication") {
        rules = undefined;
      } else {
        const work = workOf(event);
        if (work !== undefined) {
          forAll(work);
        }
      }
    },
    () => {
      rules = undefined;
      catchUp();
    },
  );
  catchUp();
  return {
    async [Symbol.asyncDispose]() {
      unsubscribe();
      await tail;
    },
  };
}

function workOf(event: ServerEvent): ((rule: NamedRule) => readonly ReplicationParameters[]) | undefined {
  if (event.type === "image-pushed") {
    const { repository, tag } = event;
    const subject = event.subject ?? (tag === undefined ? undefined : digestOfTag(tag));
    return ({ name, rule }) => {
      if (!copiesRepository(rule, repository)) {
        return [];
      }
      return [
        ...(tag !== undefined && copiesTag(rule, tag) ? [{ rule: name, scope: "tag", repository, tag } as const] : []),
        ...(subject === undefined ? [] : [{ rule: name, scope: "attached", repository, digest: subject } as const]),
      ];
    };
  }
  if (event.type === "image-deleted" && event.tag !== undefined) {
    const { repository, tag, digest } = event;
    return ({ name, rule }) =>
      rule.copiesDeletions === true && copiesRepository(rule, repository) && copiesTag(rule, tag)
        ? [{ rule: name, scope: "deleted", repository, tag, digest }]
        : [];
  }
  return undefined;
}

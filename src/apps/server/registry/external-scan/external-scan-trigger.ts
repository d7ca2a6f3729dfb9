// SPDX-License-Identifier: Apache-2.0
import { isUnderPrefix, parseForeignScanner } from "#registry";
import type { JobTrigger } from "../../registry-jobs/job-trigger.ts";
import { externalScanJob } from "./external-scan-parameters.ts";

const REQUESTER = "event";

/**
 * Makes jobs of what is pushed. What nobody heard of (before the start, in a gap of events) is found by a job over all that a scanner has
 * said nothing of.
 */
export function externalScanTrigger(
  { database }: Parameters<JobTrigger>[0],
  log: Parameters<JobTrigger>[1],
): AsyncDisposable {
  let tail: Promise<void> = Promise.resolve();

  async function listScanners(): Promise<readonly { readonly name: string; readonly prefix: string }[]> {
    const objects = await database.registryObjects.list("scanner");
    return objects.flatMap(({ name, document }) => {
      const scanner = parseForeignScanner(document);
      return scanner?.isEnabled === true ? [{ name, prefix: scanner.prefix ?? "" }] : [];
    });
  }

  function queue(work: () => Promise<void>): void {
    tail = tail.then(work).catch((error: unknown) => {
      log.error({ err: error }, "a scanner was not asked about an image; it is asked when the registry starts next");
    });
  }

  function catchUp(only?: string): void {
    queue(async () => {
      for (const { name } of await listScanners()) {
        if (only === undefined || only === name) {
          await database.registryJobs.create(externalScanJob({ scanner: name, scope: "missing" }, REQUESTER));
        }
      }
    });
  }

  const unsubscribe = database.events.subscribe(
    (event) => {
      if (event.type === "registry-changed" && event.kind === "scanner") {
        catchUp(event.name);
      } else if (event.type === "image-pushed" && event.subject === undefined) {
        const { repository, digest, tag } = event;
        queue(async () => {
          for (const { name, prefix } of await listScanners()) {
            if (isUnderPrefix(prefix, repository)) {
              const parameters = { scanner: name, scope: "image" as const, repository, digest, tag };
              await database.registryJobs.create(externalScanJob(parameters, REQUESTER));
            }
          }
        });
      }
    },
    () => catchUp(),
  );
  catchUp();
  return {
    async [Symbol.asyncDispose]() {
      unsubscribe();
      await tail;
    },
  };
}

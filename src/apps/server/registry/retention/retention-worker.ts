// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import { isUnderPrefix } from "#registry";
import type { RegistryJobRun, RegistryJobWorker } from "../../registry-jobs/registry-job-worker.ts";
import { createChangeGuard } from "../settings/index.ts";
import { retainRepository } from "./retain-repository.ts";
import { parseRetentionParameters } from "./retention-parameters.ts";
import { nothingRetained, RetentionCount, type RetentionResult, retentionResultSchema } from "./retention-result.ts";

const PAGE = 500;

/** The repository after which it goes on. */
const position: z.ZodType<{ readonly repository: string; readonly result: RetentionResult }> = z.object({
  repository: z.string(),
  result: retentionResultSchema,
});

/** Removes tags and manifests that the rules of the settings do not keep, or says which these would be. */
export const retention: RegistryJobWorker = { kind: "retention", run: carryOut };

async function carryOut(run: RegistryJobRun): Promise<RetentionResult> {
  const { job, context } = run;
  const { prefix, isDryRun } = parseRetentionParameters(job.parameters);
  const { settings, database } = context;
  // what is decided on by old settings is gone for good
  await settings.refresh();
  const before = position.safeParse(job.position);
  const count = new RetentionCount(before.success ? before.data.result : nothingRetained(isDryRun));
  const parts = {
    run,
    guard: createChangeGuard({ database, settings }),
    author: { actor: "retention", requestId: `job-${job.id}`, isSystem: true },
    count,
    isDryRun,
  };
  const repositories = (await listRepositories(run, prefix)).filter(
    (repository) => (settings.of(repository).settings.retention ?? []).length > 0,
  );
  for (const [index, repository] of repositories.entries()) {
    await run.report({
      done: index,
      total: repositories.length,
      unit: "items",
      message: { code: "at", params: { name: repository } },
    });
    if (!before.success || repository > before.data.repository) {
      await retainRepository(parts, repository, settings.of(repository).settings.retention ?? []);
      await run.report({ done: index + 1, position: { repository, result: count.result } });
    }
  }
  return count.result;
}

/** Those under the prefix, in order. */
async function listRepositories(run: RegistryJobRun, prefix: string): Promise<readonly string[]> {
  const all: string[] = [];
  let last: string | undefined;
  for (;;) {
    const page = await run.context.database.registry.listRepositories({
      limit: PAGE,
      ...(last === undefined ? {} : { last }),
    });
    if (page.length === 0) {
      return all.toSorted();
    }
    all.push(...page.filter((repository) => isUnderPrefix(prefix, repository)));
    last = page.at(-1);
  }
}

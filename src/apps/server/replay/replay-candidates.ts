// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import type { Database } from "#database";
import { MAX_IMAGES, type ReplayOwner } from "./replay.ts";

const PAGE = 500;
/** Decisions that are looked through for images that do not run any more. */
const MAX_DECISIONS = 50_000;

/** One image as it was asked for, and where. */
export interface ReplayCandidate {
  readonly reference: string;
  readonly digest?: Digest;
  readonly namespace: string;
  readonly workload?: { readonly kind: string; readonly name: string };
  readonly owner: ReplayOwner;
  /** Names the policies of its namespace under which its signatures are known to have held; absent: nobody knows. */
  readonly verifiedUnder?: string;
}

/** What runs, and what admission let through since then; the newest first, each once. */
export async function replayCandidates(
  database: Pick<Database, "workloads" | "decisions">,
  since: Date,
  generationOf: (namespace: string) => string,
): Promise<{
  readonly candidates: readonly ReplayCandidate[];
  readonly running: number;
  readonly admitted: number;
  readonly isCut: boolean;
}> {
  const found = new Map<string, ReplayCandidate>();
  const running = await database.workloads.load();
  for (const { reference, digest, namespace, owner, verdict } of running.slice(0, MAX_IMAGES)) {
    add(found, {
      reference,
      ...(digest === undefined ? {} : { digest }),
      namespace,
      workload: { kind: owner.kind, name: owner.name },
      owner: { namespace, kind: owner.kind, name: owner.name, isRunning: true },
      // it is judged again at every change of policies, so an allow is one under those in force
      ...(verdict?.outcome === "allow" ? { verifiedUnder: generationOf(namespace) } : {}),
    });
  }
  const fromRunning = found.size;
  let before: number | undefined;
  let looked = 0;
  let isCut = running.length > MAX_IMAGES;
  for (;;) {
    const page = await database.decisions.list({
      limit: PAGE,
      since: since.toISOString(),
      outcome: "allow",
      ...(before === undefined ? {} : { before }),
    });
    for (const { gate, reference, digest, namespace, kind, name, policyGeneration } of page) {
      if (gate !== "admission" || namespace === undefined) {
        continue;
      }
      const workload = kind === undefined || name === undefined || name === "" ? undefined : { kind, name };
      add(found, {
        reference,
        ...(digest === undefined ? {} : { digest }),
        namespace,
        ...(workload === undefined ? {} : { workload }),
        owner: { namespace, kind: kind ?? "", name: name ?? "", isRunning: false },
        ...(policyGeneration === undefined ? {} : { verifiedUnder: policyGeneration }),
      });
    }
    looked += page.length;
    before = page.at(-1)?.id;
    if (page.length < PAGE || before === undefined) {
      break;
    }
    if (found.size >= MAX_IMAGES || looked >= MAX_DECISIONS) {
      isCut = true;
      break;
    }
  }
  return {
    candidates: [...found.values()].slice(0, MAX_IMAGES),
    running: running.length,
    admitted: found.size - fromRunning,
    isCut: isCut || found.size > MAX_IMAGES,
  };
}

function add(found: Map<string, ReplayCandidate>, candidate: ReplayCandidate): void {
  const { reference, digest, namespace, workload } = candidate;
  const key = JSON.stringify([reference, digest, namespace, workload]);
  if (!found.has(key)) {
    found.set(key, candidate);
  }
}

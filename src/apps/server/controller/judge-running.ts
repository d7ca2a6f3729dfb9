// SPDX-License-Identifier: Apache-2.0
import type { RunningImage, RunningVerdict } from "#database";
import { type ImageReference, parseImageReference } from "#oci";
import { evaluate, type Verdict } from "#policy";
import type { ServerContext } from "../context.ts";

/** Work that waits for signatures of an image; what is not known by then is undecided and asked again later. */
const PATIENCE_MS = 10_000;

type JudgedContext = Pick<ServerContext, "judge" | "clock"> & {
  readonly configuration: { readonly registry: { readonly names: readonly string[] } };
};

/**
 * What admission would say now about an image that runs, from what is stored: no registry is asked, since nobody waits
 * for the answer and no pod lends its credentials. An image that nobody knows the digest of is unknown, which is
 * undecided unless the policy asks for nothing.
 */
export async function judgeRunning(
  context: JudgedContext,
  image: Pick<RunningImage, "namespace" | "owner" | "reference" | "digest">,
): Promise<RunningVerdict> {
  const { namespace, reference, digest, owner } = image;
  const workload = { kind: owner.kind, name: owner.name };
  const parsed = parse(reference);
  if (digest === undefined || parsed === undefined) {
    const { documents, ...set } = context.judge.policies.current().admission;
    return keep(
      evaluate({
        ...set,
        policies: documents,
        hostAliases: context.configuration.registry.names,
        reference,
        namespace,
        workload,
        facts: { kind: "unknown" },
        now: context.clock.now(),
      }),
    );
  }
  const { verdict } = await context.judge.judge({
    reference,
    repository: parsed.repository,
    digest,
    namespace,
    workload,
    gate: "admission",
    timeoutMs: PATIENCE_MS,
  });
  return keep(verdict);
}

function parse(reference: string): ImageReference | undefined {
  try {
    return parseImageReference(reference);
  } catch {
    // The API server takes any text for an image; a policy can still say something about it.
    return undefined;
  }
}

function keep({ outcome, reasons, mode, policy, decidedBy, validUntil, exceptions }: Verdict): RunningVerdict {
  return {
    outcome,
    reasons,
    mode,
    ...(policy === undefined ? {} : { policy }),
    ...(decidedBy === undefined ? {} : { decidedBy }),
    ...(validUntil === undefined ? {} : { validUntil }),
    ...(exceptions === undefined ? {} : { exceptions }),
  };
}

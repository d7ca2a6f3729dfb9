// SPDX-License-Identifier: Apache-2.0
import type { Verdict } from "#policy";
import type { CommandContext, Invocation } from "../command.ts";
import { scanAndJudge } from "../scan-and-judge.ts";
import type { LoadedPolicies } from "./loaded-policies.ts";

/** An image as a workload names it. */
export interface NamedImage {
  readonly image: string;
  readonly namespace?: string;
  readonly workload?: { readonly kind: string; readonly name: string };
  /** Where it is read from, as `haechi scan` takes it; absent: the registry that its name says. */
  readonly location?: string;
}

/** Reads the image from its registry, scans it and verifies what the policies ask for, all children of an index. */
export async function judgeImage(
  { image, namespace, workload, location }: NamedImage,
  loaded: LoadedPolicies,
  invocation: Invocation,
  context: CommandContext,
): Promise<Verdict> {
  const asked: Invocation = {
    ...invocation,
    // a gate does not know which child a node takes
    text: (name) =>
      name === "namespace"
        ? namespace
        : name === "platform"
          ? (invocation.text("platform") ?? "all")
          : name === "as"
            ? location === undefined
              ? undefined
              : image
            : invocation.text(name),
  };
  const { outcome } = await scanAndJudge(location ?? `docker://${image}`, asked, context, {
    policies: {
      documents: loaded.documents.map(({ document }) => document),
      exceptions: loaded.exceptions.map(({ exception }) => exception),
      secrets: loaded.secrets,
      scope: loaded.scope,
      ...(workload === undefined ? {} : { workload }),
    },
  });
  return outcome.verdict;
}

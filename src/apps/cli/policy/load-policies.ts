// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { parseAllDocuments } from "yaml";
import { type ParsedPolicies, PolicyError, type PolicyProblem } from "#policy";
import { readPolicyFiles } from "#policy-files";
import type { CommandContext, Invocation } from "../command.ts";
import { UsageError } from "../errors.ts";
import { kubeconfigNamespace } from "./kubeconfig-namespace.ts";
import type { FilePolicies, LoadedDocument, LoadedPolicies } from "./loaded-policies.ts";
import { kubeconfigChoice, openCluster, systemNamespaceOf, wantsCluster } from "./open-cluster.ts";

/**
 * The policies of the files, or of the cluster when that is asked for; files beside a cluster replace its policies and
 * take its Secrets. Nothing is thrown for a policy that cannot be read: it is among `problems`. Throws for files that are
 * not there, and KubeError.
 */
export async function loadPolicies(
  files: readonly string[],
  invocation: Invocation,
  context: CommandContext,
): Promise<LoadedPolicies> {
  if (wantsCluster(invocation, context, files)) {
    const { loadClusterPolicies } = await import("./load-cluster-policies.ts");
    await using client = await openCluster(invocation, context);
    const given = files.length === 0 ? undefined : await readFiles(files);
    return await loadClusterPolicies(client, {
      systemNamespace: systemNamespaceOf(invocation, context),
      secretNamespaceHere: context.configuration().admission.secretNamespace,
      namespace: invocation.text("namespace") ?? kubeconfigNamespace(kubeconfigChoice(invocation, context)),
      given,
      signal: context.signal,
    });
  }
  const chosen = files.length > 0 ? files : context.configuration().policyFiles;
  if (chosen.length === 0) {
    throw new UsageError("ARGUMENT_INVALID", "no policies: name a FILE, or --cluster");
  }
  return {
    ...(await readFiles(chosen)),
    scope: {
      systemNamespace: systemNamespaceOf(invocation, context),
      secretNamespace: context.configuration().admission.secretNamespace,
    },
    hasAllSecrets: false,
    source: chosen.join(", "),
  };
}

/** The files one by one, so that a bad one does not hide what is wrong with the next. */
async function readFiles(files: readonly string[]): Promise<FilePolicies> {
  const documents: LoadedDocument[] = [];
  const exceptions: LoadedPolicies["exceptions"][number][] = [];
  const secrets: ParsedPolicies["secrets"][number][] = [];
  const problems: PolicyProblem[] = [];
  const warnings: PolicyProblem[] = [];
  for (const file of files) {
    try {
      const parsed = await readPolicyFiles([file]);
      const written = writtenObjects(file);
      documents.push(
        ...parsed.documents.map((document) => ({ document, origin: file, written: findWritten(written, document) })),
      );
      exceptions.push(...parsed.exceptions.map((exception) => ({ exception, origin: file })));
      secrets.push(...parsed.secrets);
      warnings.push(...parsed.warnings);
    } catch (error) {
      if (!(error instanceof PolicyError)) {
        throw error;
      }
      problems.push(...error.problems);
    }
  }
  return { documents, exceptions, secrets, problems, warnings };
}

/** The objects as they were written. The file parsed already, within its limits. */
function writtenObjects(file: string): readonly unknown[] {
  return parseAllDocuments(readFileSync(file, "utf8"), { logLevel: "error" }).map((each) =>
    each.toJS({ maxAliasCount: 100 }),
  );
}

interface WrittenObject {
  readonly kind?: unknown;
  readonly metadata?: { readonly name?: unknown; readonly namespace?: unknown } | null;
}

function findWritten(objects: readonly unknown[], document: LoadedDocument["document"]): unknown {
  return objects.find((each) => {
    const { kind, metadata } = (each ?? {}) as WrittenObject;
    return kind === document.kind && metadata?.name === document.name && metadata.namespace === document.namespace;
  });
}

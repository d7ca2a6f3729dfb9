// SPDX-License-Identifier: Apache-2.0
import { messageOf } from "#base";
import { type KubeClient, KubeError, type KubeObject, type KubeResource, RESOURCES } from "#kube";
import {
  type PolicyProblem,
  type PolicySecret,
  parsePolicyDocuments,
  parsePolicyObject,
  type SecretScope,
} from "#policy";
import { namedSecrets, nameObject } from "#policy-tools";
import type { FilePolicies, LoadedDocument, LoadedPolicies } from "./loaded-policies.ts";
import { readSecretNamespace } from "./read-secret-namespace.ts";

const POLICY_KINDS: readonly KubeResource[] = [
  RESOURCES.imagePolicies,
  RESOURCES.clusterImagePolicies,
  RESOURCES.policyExceptions,
  RESOURCES.portierisImagePolicies,
  RESOURCES.portierisClusterImagePolicies,
  RESOURCES.ciseImagePolicies,
  RESOURCES.ciseClusterImagePolicies,
];

interface ClusterQuestion {
  readonly systemNamespace: string;
  /** `admission.secretNamespace` as it is configured here, for a cluster whose gates do not say theirs. */
  readonly secretNamespaceHere: NonNullable<SecretScope["secretNamespace"]>;
  /** The namespace that is asked about. */
  readonly namespace: string;
  /** Policies of files, in the place of the cluster's. */
  readonly given: FilePolicies | undefined;
  readonly signal: AbortSignal;
}

/** Everything that a gate in the cluster judges by, as the user of the client sees it. Throws KubeError. */
export async function loadClusterPolicies(
  client: KubeClient,
  { systemNamespace, secretNamespaceHere, namespace, given, signal }: ClusterQuestion,
): Promise<LoadedPolicies> {
  const ofGates = await readSecretNamespace(client, systemNamespace, signal);
  const scope = { systemNamespace, secretNamespace: ofGates ?? secretNamespaceHere };
  const policies = given ?? (await readPolicies(client, signal));
  const namespaces = await client.list({ resource: RESOURCES.namespaces }, { signal });
  const documents = policies.documents.map(({ document }) => document);
  const found = await readSecrets(client, namedSecrets(documents, { ...scope, namespace }), signal);
  return {
    ...policies,
    secrets: [...policies.secrets, ...found.secrets],
    problems: [...policies.problems, ...found.problems],
    warnings: [...policies.warnings, ...(ofGates === undefined ? [settingUnknown(scope)] : [])],
    scope,
    // From the namespaces of requests anything may come.
    hasAllSecrets: found.problems.length === 0 && scope.secretNamespace !== "request",
    source: client.server,
    namespaces: namespaces.items.map(({ metadata: { name, labels = {} } }) => ({ name, labels })),
  };
}

async function readPolicies(client: KubeClient, signal: AbortSignal): Promise<FilePolicies> {
  const documents: LoadedDocument[] = [];
  const exceptions: LoadedPolicies["exceptions"][number][] = [];
  const problems: PolicyProblem[] = [];
  const warnings: PolicyProblem[] = [];
  const checkCondition = await conditionCheck();
  for (const resource of POLICY_KINDS) {
    for (const object of await listOrNone(client, resource, signal)) {
      const { kind = "", metadata } = object;
      const { name, namespace } = metadata;
      const origin = nameObject({ kind, name, ...(namespace === undefined ? {} : { namespace }) });
      const parsed = parsePolicyObject(object, origin, { checkCondition });
      if ("problems" in parsed) {
        problems.push(...parsed.problems);
        documents.push(
          ...(parsed.broken === undefined ? [] : [{ document: parsed.broken, origin: "cluster", written: object }]),
        );
        continue;
      }
      warnings.push(...parsed.warnings);
      if (parsed.document !== undefined) {
        documents.push({ document: parsed.document, origin: "cluster", written: object });
      }
      if (parsed.exception !== undefined) {
        exceptions.push({ exception: parsed.exception, origin: "cluster" });
      }
    }
  }
  return { documents, exceptions, secrets: [], problems, warnings };
}

/** A kind whose CRD is not installed has no objects. A list carries no kind on its elements. */
async function listOrNone(
  client: KubeClient,
  resource: KubeResource,
  signal: AbortSignal,
): Promise<readonly KubeObject[]> {
  try {
    const { items } = await client.list({ resource }, { signal });
    const apiVersion = `${resource.group}/${resource.version}`;
    const kind = KINDS[resource.plural] ?? "";
    return items.map((item) => ({ ...item, apiVersion, kind }));
  } catch (error) {
    if (error instanceof KubeError && error.code === "NOT_FOUND") {
      return [];
    }
    throw error;
  }
}

const KINDS: Readonly<Record<string, string>> = {
  imagepolicies: "ImagePolicy",
  clusterimagepolicies: "ClusterImagePolicy",
  policyexceptions: "PolicyException",
};

/** The Secrets that the policies name, where a gate looks for them. Who may not read one is told so; its absence is lint's business. */
async function readSecrets(
  client: KubeClient,
  named: ReturnType<typeof namedSecrets>,
  signal: AbortSignal,
): Promise<{ readonly secrets: readonly PolicySecret[]; readonly problems: readonly PolicyProblem[] }> {
  const secrets: PolicySecret[] = [];
  const problems: PolicyProblem[] = [];
  for (const { namespace, name } of named) {
    const origin = `Secret ${namespace}/${name}`;
    try {
      const found = await client.get({ resource: RESOURCES.secrets, namespace, name }, { signal });
      const object = { apiVersion: "v1", kind: "Secret", metadata: { name, namespace }, data: found["data"] };
      secrets.push(...parsePolicyDocuments(JSON.stringify(object), origin).secrets);
    } catch (error) {
      if (!(error instanceof KubeError && error.code === "NOT_FOUND")) {
        problems.push({ origin, document: 1, path: "", message: messageOf(error) });
      }
    }
  }
  return { secrets, problems };
}

function settingUnknown(scope: Pick<ClusterQuestion, "systemNamespace"> & LoadedPolicies["scope"]): PolicyProblem {
  const { systemNamespace, secretNamespace = "policy" } = scope;
  return {
    origin: `ConfigMaps of ${systemNamespace}`,
    document: 1,
    path: "admission.secretNamespace",
    message: `no configuration of a gate could be read here; taken as "${secretNamespace}", as this program is configured`,
  };
}

async function conditionCheck(): Promise<(condition: string) => string | undefined> {
  const { compileConditions } = await import("#attestations");
  return (condition) => {
    try {
      compileConditions([condition]);
      return undefined;
    } catch (error) {
      return messageOf(error);
    }
  };
}

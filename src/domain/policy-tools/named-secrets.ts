// SPDX-License-Identifier: Apache-2.0
import type { PolicyDocument, RepositoryEntry, SecretScope } from "#policy";

/** A Secret that is named, and where it is said to lie. */
interface NamedSecret {
  readonly name: string | undefined;
  /** `keySecretNamespace`. */
  readonly namespace?: string | undefined;
}

/**
 * The Secrets that documents name, each once, in the namespace where a gate looks for them. With `secretNamespace`
 * `request` that is the `namespace` of the workload, where one is asked about.
 */
export function namedSecrets(
  documents: readonly PolicyDocument[],
  scope: Pick<SecretScope, "secretNamespace"> & {
    readonly systemNamespace: string;
    readonly namespace?: string | undefined;
  },
): readonly { readonly namespace: string; readonly name: string }[] {
  const isOpen = scope.secretNamespace === "request";
  const found = documents.flatMap((document) => {
    const own = document.namespace ?? scope.systemNamespace;
    return document.repositories.flatMap((entry) =>
      namesOf(entry).flatMap(({ name, namespace }) =>
        name === undefined ? [] : [{ namespace: isOpen ? (namespace ?? scope.namespace ?? own) : own, name }],
      ),
    );
  });
  return [...new Map(found.map((each) => [`${each.namespace}/${each.name}`, each])).values()];
}

interface Method {
  readonly cosign?: { readonly keySecret?: string; readonly keySecretNamespace?: string };
  readonly gpg?: { readonly keySecret?: string; readonly keySecretNamespace?: string; readonly storeSecret?: string };
  readonly notary?: { readonly signerSecrets?: readonly { readonly name: string }[] };
}

function namesOf({ policy }: RepositoryEntry): readonly NamedSecret[] {
  const { trust, simple, signatures = [], attestations = [], scan } = policy ?? {};
  const methods: readonly Method[] = [
    ...signatures.flatMap((each) => [each, ...(each.anyOf ?? [])]),
    ...attestations.flatMap(({ by }) => by),
    ...(scan?.acceptVerdictsFrom ?? []),
    ...(trust?.enabled === true ? [{ notary: trust }] : []),
  ];
  return [
    { name: simple?.storeSecret },
    ...(simple?.requirements ?? []).map(({ keySecret, keySecretNamespace }) => ({
      name: keySecret,
      namespace: keySecretNamespace,
    })),
    ...methods.flatMap(({ cosign, gpg, notary }) => [
      { name: cosign?.keySecret, namespace: cosign?.keySecretNamespace },
      { name: gpg?.keySecret, namespace: gpg?.keySecretNamespace },
      { name: gpg?.storeSecret },
      ...(notary?.signerSecrets ?? []).map(({ name }) => ({ name })),
    ]),
  ];
}

// SPDX-License-Identifier: Apache-2.0
import type { PolicyDocument, RepositoryEntry } from "#policy";

/** The Secrets that documents name, each once, in the namespace where a gate looks for them. */
export function namedSecrets(
  documents: readonly PolicyDocument[],
  systemNamespace: string,
): readonly { readonly namespace: string; readonly name: string }[] {
  const found = documents.flatMap((document) => {
    const namespace = document.namespace ?? systemNamespace;
    return document.repositories.flatMap((entry) => namesOf(entry).map((name) => ({ namespace, name })));
  });
  return [...new Map(found.map((each) => [`${each.namespace}/${each.name}`, each])).values()];
}

interface Method {
  readonly cosign?: { readonly keySecret?: string };
  readonly gpg?: { readonly keySecret?: string; readonly storeSecret?: string };
  readonly notary?: { readonly signerSecrets?: readonly { readonly name: string }[] };
}

function namesOf({ policy }: RepositoryEntry): readonly string[] {
  const { trust, simple, signatures = [], attestations = [], scan } = policy ?? {};
  const methods: readonly Method[] = [
    ...signatures.flatMap((each) => [each, ...(each.anyOf ?? [])]),
    ...attestations.flatMap(({ by }) => by),
    ...(scan?.acceptVerdictsFrom ?? []),
    ...(trust?.enabled === true ? [{ notary: trust }] : []),
  ];
  const names = [
    simple?.storeSecret,
    ...(simple?.requirements ?? []).map(({ keySecret }) => keySecret),
    ...methods.flatMap(({ cosign, gpg, notary }) => [
      cosign?.keySecret,
      gpg?.keySecret,
      gpg?.storeSecret,
      ...(notary?.signerSecrets ?? []).map(({ name }) => name),
    ]),
  ];
  return names.filter((name) => name !== undefined);
}

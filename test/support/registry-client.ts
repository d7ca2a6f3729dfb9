// SPDX-License-Identifier: Apache-2.0

/** Who asks. */
export interface RegistryCredentials {
  readonly username: string;
  readonly password: string;
}

/** A bearer token for actions (`pull`, `pull,inspect`, …) in one repository, got as docker gets it: by the registry's challenge. */
export async function fetchToken(
  registry: string,
  scope: { readonly repository: string; readonly actions: string },
  credentials: RegistryCredentials,
): Promise<string> {
  const challenge = (await fetch(`http://${registry}/v2/`)).headers.get("www-authenticate") ?? "";
  const realm = /realm="([^"]+)"/.exec(challenge)?.[1] ?? "";
  const service = /service="([^"]+)"/.exec(challenge)?.[1] ?? "";
  const query = new URLSearchParams({ service, scope: `repository:${scope.repository}:${scope.actions}` });
  const basic = Buffer.from(`${credentials.username}:${credentials.password}`).toString("base64");
  const answer = await fetch(`${realm}?${query.toString()}`, { headers: { authorization: `Basic ${basic}` } });
  return ((await answer.json()) as { token: string }).token;
}

/** Gets a manifest as docker does: a token with the scope `pull` only, then the manifest. */
export async function pullManifest(
  registry: string,
  repository: string,
  reference: string,
  credentials: RegistryCredentials,
): Promise<Response> {
  const token = await fetchToken(registry, { repository, actions: "pull" }, credentials);
  return await fetch(`http://${registry}/v2/${repository}/manifests/${reference}`, {
    headers: { authorization: `Bearer ${token}` },
  });
}

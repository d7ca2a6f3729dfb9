// SPDX-License-Identifier: Apache-2.0

/** Gets a manifest as docker does: a token with the scope `pull` only, then the manifest. */
export async function pullManifest(
  registry: string,
  repository: string,
  reference: string,
  credentials: { readonly username: string; readonly password: string },
): Promise<Response> {
  const url = `http://${registry}/v2/${repository}/manifests/${reference}`;
  const challenge = (await fetch(url)).headers.get("www-authenticate") ?? "";
  const realm = /realm="([^"]+)"/.exec(challenge)?.[1] ?? "";
  const service = /service="([^"]+)"/.exec(challenge)?.[1] ?? "";
  const query = new URLSearchParams({ service, scope: `repository:${repository}:pull` });
  const basic = Buffer.from(`${credentials.username}:${credentials.password}`).toString("base64");
  const answer = await fetch(`${realm}?${query.toString()}`, { headers: { authorization: `Basic ${basic}` } });
  const { token } = (await answer.json()) as { token: string };
  return await fetch(url, { headers: { authorization: `Bearer ${token}` } });
}

// SPDX-License-Identifier: Apache-2.0
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ControlPlane } from "../control-plane/start-control-plane.ts";

/** Writes a kubeconfig with a token of the service account, as a program outside the cluster would use it, and gives its path. */
export async function writeServiceAccountKubeconfig(
  plane: ControlPlane,
  account: { readonly namespace: string; readonly name: string },
): Promise<string> {
  const { namespace, name } = account;
  const answer = await plane.admin.call("POST", `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`, {
    apiVersion: "authentication.k8s.io/v1",
    kind: "TokenRequest",
    spec: { expirationSeconds: 86_400 },
  });
  if (answer.status !== 201) {
    throw new Error(`no token for ${namespace}/${name}: ${JSON.stringify(answer.body)}`);
  }
  const path = join(plane.folder, `${name}.kubeconfig`);
  const configuration = {
    apiVersion: "v1",
    kind: "Config",
    "current-context": "test",
    clusters: [{ name: "test", cluster: { server: plane.url, "certificate-authority": plane.authority.certificate } }],
    users: [{ name, user: { token: answer.body.status.token as string } }],
    contexts: [{ name: "test", context: { cluster: "test", user: name } }],
  };
  writeFileSync(path, JSON.stringify(configuration), { mode: 0o600 });
  return path;
}

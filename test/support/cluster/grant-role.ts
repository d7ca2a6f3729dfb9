// SPDX-License-Identifier: Apache-2.0
import { waitUntil } from "../control-plane/wait-until.ts";
import { LIMIT_MS, listPath } from "./cluster-actions.ts";
import type { TestCluster } from "./start-test-cluster.ts";

const RBAC = "rbac.authorization.k8s.io";

/** Gives a user rights in one namespace, by a Role and a binding of that name (default: the user's). */
export async function grantRole(
  { plane }: Pick<TestCluster, "plane">,
  to: { readonly namespace: string; readonly user: string; readonly name?: string },
  rules: readonly object[],
): Promise<void> {
  const { namespace, user, name = user } = to;
  const common = { apiVersion: `${RBAC}/v1`, metadata: { name } };
  const roleRef = { apiGroup: RBAC, kind: "Role", name };
  const subjects = [{ kind: "User", name: user, apiGroup: RBAC }];
  for (const [plural, object] of [
    ["roles", { ...common, kind: "Role", rules }],
    ["rolebindings", { ...common, kind: "RoleBinding", roleRef, subjects }],
  ] as const) {
    const made = await plane.admin.call("POST", `/apis/${RBAC}/v1/namespaces/${namespace}/${plural}`, object);
    if (made.status !== 201) {
      throw new Error(`${plural} ${name}: ${JSON.stringify(made.body)}`);
    }
  }
}

/** Writes an exception as the user who asks for it, who may do that and no more; somebody else has to approve it. */
export async function requestException(
  cluster: Pick<TestCluster, "plane">,
  exception: object,
  requester: string,
): Promise<void> {
  const { namespace = "default" } = (exception as { readonly metadata: { readonly namespace?: string } }).metadata;
  const rules = [{ apiGroups: ["haechi.dev"], resources: ["policyexceptions"], verbs: ["create"] }];
  await grantRole(cluster, { namespace, user: requester }, rules);
  const user = cluster.plane.as(requester);
  let made = await user.call("POST", listPath(exception), exception);
  await waitUntil("the API server knows the right", LIMIT_MS, async () => {
    if (String(made.body.message).includes(`User "${requester}" cannot create`)) {
      made = await user.call("POST", listPath(exception), exception);
      return false;
    }
    return true;
  });
  if (made.status !== 201) {
    throw new Error(`the exception was not taken: ${JSON.stringify(made.body)}`);
  }
}

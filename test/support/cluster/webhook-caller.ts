// SPDX-License-Identifier: Apache-2.0
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestAuthority } from "../control-plane/test-certificates.ts";

/** The name in the certificate that the API server of the tests shows to webhooks. */
export const CALLER_NAME = "kube-apiserver-webhooks";

/**
 * Arguments for an API server that shows a client certificate to webhooks (Kubernetes, "Authenticate API servers"), as
 * `admission.callers: certificate` asks for. The kubeconfig's user is for every webhook.
 */
export function webhookCallerArguments(made: {
  readonly folder: string;
  readonly authority: TestAuthority;
}): readonly string[] {
  const { folder, authority } = made;
  const pair = authority.issue({ file: "webhook-caller", commonName: CALLER_NAME });
  const kubeconfig = join(folder, "webhook-caller.kubeconfig");
  const user = { "client-certificate": pair.certificate, "client-key": pair.key };
  writeFileSync(kubeconfig, JSON.stringify({ apiVersion: "v1", kind: "Config", users: [{ name: "*", user }] }), {
    mode: 0o600,
  });
  const configuration = {
    apiVersion: "apiserver.config.k8s.io/v1",
    kind: "AdmissionConfiguration",
    plugins: ["MutatingAdmissionWebhook", "ValidatingAdmissionWebhook"].map((name) => ({
      name,
      configuration: {
        apiVersion: "apiserver.config.k8s.io/v1",
        kind: "WebhookAdmissionConfiguration",
        kubeConfigFile: kubeconfig,
      },
    })),
  };
  const path = join(folder, "admission-configuration.json");
  // JSON is YAML
  writeFileSync(path, JSON.stringify(configuration));
  return [`--admission-control-config-file=${path}`];
}

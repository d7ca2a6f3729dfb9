// SPDX-License-Identifier: Apache-2.0
import { X509Certificate } from "node:crypto";
import type { ControlPlane } from "../control-plane/start-control-plane.ts";

/** What the API server trusts for each of our webhooks, in order. */
export async function readCaBundles(
  plane: Pick<ControlPlane, "admin">,
): Promise<readonly (readonly X509Certificate[])[]> {
  const path = "/apis/admissionregistration.k8s.io/v1";
  const answers = await Promise.all(
    ["mutatingwebhookconfigurations", "validatingwebhookconfigurations"].map(
      async (kind) => await plane.admin.call("GET", `${path}/${kind}/haechi`),
    ),
  );
  return answers.flatMap(({ body }) =>
    body.webhooks.map((each: { readonly clientConfig: { readonly caBundle: string } }) =>
      toCertificates(Buffer.from(each.clientConfig.caBundle, "base64").toString()),
    ),
  );
}

/** The certificates of a PEM text. */
export function toCertificates(pem: string): readonly X509Certificate[] {
  const parts = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return parts.map((part) => new X509Certificate(part));
}

// SPDX-License-Identifier: Apache-2.0

export {
  type CertificateSecrets,
  ensureServingCertificate,
  type ServingCertificate,
  type ServingCertificateOptions,
} from "./ensure-serving-certificate.ts";
export { TlsError, type TlsErrorCode } from "./errors.ts";
